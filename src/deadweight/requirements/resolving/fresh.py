"""Fresh environments, made by uv from exact versions, and what an environment weighs."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from deadweight.requirements.resolving.resolution import Resolved
from deadweight.requirements.uv import Uv
from deadweight.requirements.writing.requirements_file import requirements_text

_CACHES = frozenset({"__pycache__"})


def make_environment(uv: Uv, place: Path, python: str) -> None:
    """An empty environment for the Python, a version or an interpreter's path; its scripts run wherever it is seen.

    Raises Lacking where there is no such Python.
    """
    uv.run(("venv", "--quiet", "--relocatable", "--no-project", "--python", python, str(place)), place.parent)


def fill_environment(uv: Uv, place: Path, wanted: Resolved, options: Sequence[str] = ()) -> None:
    """Have the environment hold just these versions; what it has besides goes. Raises as `Uv.run` does."""
    listed = place.parent / f".{place.name.lstrip('.')}.lock.txt"
    listed.write_text(requirements_text(wanted), "utf-8")
    try:
        words = ("pip", "sync", "--quiet", "--allow-empty-requirements", "--python", str(place / "bin/python"))
        uv.run((*words, *options, str(listed)), place.parent)
    finally:
        listed.unlink()


def add_project(uv: Uv, place: Path, folder: Path, options: Sequence[str] = ()) -> None:
    """Install the project of the folder too, without what it requires. Raises as `Uv.run` does."""
    words = ("pip", "install", "--quiet", "--no-deps", "--python", str(place / "bin/python"))
    uv.run((*words, *options, str(folder)), place.parent)


def weight(place: Path) -> int:
    """The bytes of all files of an environment, byte code left out: it is made anew wherever the environment is."""
    total = 0
    seen: set[tuple[int, int]] = set()
    for folder, directories, files in os.walk(place):
        directories[:] = [name for name in directories if name not in _CACHES]
        for name in files:
            told = os.lstat(os.path.join(folder, name))  # noqa: PTH118  # a hundred thousand files
            if stat.S_ISREG(told.st_mode) and (told.st_dev, told.st_ino) not in seen:
                seen.add((told.st_dev, told.st_ino))
                total += told.st_size
    return total
