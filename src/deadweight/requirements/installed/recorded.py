"""What the RECORD of an installed distribution comes to: its bytes, its modules, its programs."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deadweight.requirements.installed.module_names import dotted_names, files_below

_CODE = (".py", ".so", ".pyd")
_PROGRAM_FOLDERS = frozenset(("bin", "Scripts"))


@dataclass(frozen=True, slots=True)
class Content:
    """What a distribution has on disk: bytes (None: nothing tells), files, modules, programs, and what told of them."""

    size: int | None = None
    files: int = 0
    modules: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()
    known_by: str = ""


def recorded_content(site: str, rows: Sequence[tuple[str, int | None]]) -> Content:
    """What the rows of a RECORD in the site come to; only files whose row states no size are looked at."""
    sizes = [_on_disk(posixpath.join(site, path)) if size is None else size for path, size in rows]
    there = [size for size in sizes if size is not None]
    paths = [path for path, _ in rows]
    return Content(sum(there), len(there), dotted_names(paths), _programs(paths), "RECORD")


def located_content(site: str, tops: Iterable[str], known_by: str) -> Content:
    """What lies in the site under the names of top-level modules, for a distribution that records no files."""
    paths = [path for top in tops for path in _located(site, top)]
    sizes = [size for path in paths if (size := _on_disk(f"{site}/{path}")) is not None]
    return Content(sum(sizes) if sizes else None, len(sizes), dotted_names(paths), known_by=known_by)


def _located(site: str, top: str) -> list[str]:
    """The files of a package's folder, or the files of a module, by the dotted name."""
    place = Path(site, *top.split("."))
    if place.is_dir():
        return [f"{place.relative_to(site)}/{path}" for path in files_below(str(place))]
    beside = (path for path in place.parent.glob(f"{place.name}.*") if path.suffix in _CODE)
    return [str(path.relative_to(site)) for path in sorted(beside)]


def _on_disk(path: str) -> int | None:
    """The bytes of a file, None for one that is not there or is no file."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    return None if stat.S_ISDIR(found.st_mode) else found.st_size


def _programs(paths: Iterable[str]) -> frozenset[str]:
    """The names of the files that rows put into a folder of programs."""
    found = set()
    for path in paths:
        if "bin/" in path or "Scripts" in path:
            parts = path.replace("\\", "/").split("/")
            if len(parts) > 1 and parts[-2] in _PROGRAM_FOLDERS and _is_outside(parts):
                found.add(parts[-1].removesuffix(".exe"))
    return frozenset(found - {""})


def _is_outside(parts: Sequence[str]) -> bool:
    """Whether a row leaves the site, or names a folder of programs that lies in it (`pip install --target`)."""
    return parts[0] in ("..", "") or len(parts) == 2
