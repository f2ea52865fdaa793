"""Which folders hold the distributions of an environment, in the order in which an import looks there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.errors import Corrupt, Refused, Unknown, UsageError
from deadweight.owners.dist_info import INFO_SUFFIXES

MARK = "pyvenv.cfg"
_LAYOUTS = (
    "lib/python*/site-packages",
    "lib64/python*/site-packages",
    "lib/pypy*/site-packages",
    "Lib/site-packages",
    "local/lib/python*/dist-packages",
    "lib/python3/dist-packages",
    "usr/local/lib/python*/site-packages",
    "usr/local/lib/python*/dist-packages",
    "usr/lib/python*/site-packages",
    "usr/lib64/python*/site-packages",
    "usr/lib/python3/dist-packages",
)
_PYTHON = re.compile(r"/(?:lib(?:64)?/)(python|pypy)(\d+\.\d+)(?:t?)/(?:site|dist)-packages/?$")
_METADATA = (*INFO_SUFFIXES, ".egg-link")


@dataclass(frozen=True, slots=True)
class Sites:
    """The folders that hold distributions; `settings` are those of pyvenv.cfg, empty where there is none.

    `python` is the version that the folders' names tell (3.12), empty for none.
    """

    folders: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    python: str = ""
    implementation: str = "cpython"


def sites(path: Path) -> Sites:
    """The sites of a virtual environment, of an installed Python, of a file system, or the path itself.

    Raises UsageError where there is no such path or several Pythons have their distributions in it, Corrupt for an
    environment without a site, Unknown where nothing at the path is one.
    """
    if not path.is_dir():
        says = "it is no directory" if path.exists() else "there is no such path"
        raise UsageError(says, where=str(path), advice="Name a virtual environment, or a folder with distributions.")
    try:
        return _sites(path)
    except PermissionError as error:
        raise Refused("it may not be read", where=error.filename or str(path)) from error


def _sites(path: Path) -> Sites:
    if (path / MARK).is_file():
        return _of_virtual_environment(path)
    if has_metadata(path):
        return _bare(path)
    folders = [folder for folder in _laid_out(path) if has_metadata(Path(folder))]
    if not folders:
        says = "no Python environment is here: no pyvenv.cfg, no site-packages with distributions, no dist-info"
        raise Unknown(says, where=str(path), advice="Name the environment's own folder, such as .venv.")
    return _of_one_python(path, folders)


def _of_virtual_environment(root: Path) -> Sites:
    settings = read_settings(root)
    folders = _laid_out(root)
    if not folders:
        says = f"it has a {MARK} and no site-packages"
        raise Corrupt(says, where=str(root), advice="Make the environment anew.")
    if settings.get("include-system-site-packages", "").lower() == "true":
        folders += _of_base(settings.get("home", ""), folders)
    return Sites(tuple(folders), settings, *_told(folders[0]))


def _bare(folder: Path) -> Sites:
    """One folder; where it is the site of an environment, its Python is told by that."""
    place = str(folder.absolute())
    root = next((above for above in Path(place).parents[:3] if (above / MARK).is_file()), None)
    return Sites((str(folder),), read_settings(root) if root else {}, *_told(place))


def _of_one_python(root: Path, folders: list[str]) -> Sites:
    versions = sorted({version for version, _ in map(_told, folders) if version})
    if len(versions) > 1:
        listed = ", ".join(folder for folder in folders if _told(folder)[0])
        says = f"several Pythons have distributions in it: {', '.join(versions)}"
        raise UsageError(says, where=str(root), advice=f"Name one of their folders: {listed}")
    told = next((folder for folder in folders if _told(folder)[0]), folders[0])
    return Sites(tuple(folders), {}, *_told(told))


def _of_base(home: str, known: Iterable[str]) -> list[str]:
    """The sites of the Python that an environment shares the distributions of."""
    version = {_told(folder)[0] for folder in known}
    folders = _laid_out(Path(home).parent) if home else []
    return [folder for folder in folders if _told(folder)[0] in {"", *version}]


def _laid_out(root: Path) -> list[str]:
    """The folders of the known layouts that are there, each once however many links lead to it."""
    found: dict[str, str] = {}
    for layout in _LAYOUTS:
        for folder in sorted(root.glob(layout)):
            if folder.is_dir():
                found.setdefault(os.path.realpath(folder), str(folder))
    return list(found.values())


def _told(folder: str) -> tuple[str, str]:
    """The version and the implementation that a site's path tells."""
    match = _PYTHON.search(folder)
    return (match[2], "pypy" if match[1] == "pypy" else "cpython") if match else ("", "cpython")


def has_metadata(folder: Path) -> bool:
    """Whether metadata of a distribution lies directly in the folder."""
    return any(_metadata_in(folder))


def _metadata_in(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        yield from (entry.name for entry in entries if entry.name.endswith(_METADATA))


def read_settings(root: Path) -> Mapping[str, str]:
    """The settings of a pyvenv.cfg, names in lower case (PEP 405)."""
    text = (root / MARK).read_bytes()[: 1 << 20].decode("utf-8", "replace")
    pairs = (line.partition("=") for line in text.splitlines())
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}
