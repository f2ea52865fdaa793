"""Real directories of this machine as files in memory."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from deadweight.core.entry import Entry, Kind


def files_of(root: Path) -> dict[str, bytes | Entry]:
    """Every file, link and empty directory under the root by its plain path."""
    found: dict[str, bytes | Entry] = {}
    for folder, directories, names in os.walk(root):
        for name in (*names, *directories):
            path = Path(folder, name)
            plain = path.relative_to(root).as_posix()
            if path.is_symlink():
                found[plain] = Entry(plain, Kind.SYMLINK, target=str(path.readlink()))
            elif path.is_file():
                found[plain] = path.read_bytes()
    return found


def entries_of(paths: Iterable[str]) -> dict[str, Entry]:
    """Entries for these absolute paths of this machine, without their bodies."""
    found = {}
    for path in map(Path, paths):
        plain = path.as_posix().lstrip("/")
        if path.is_symlink():
            found[plain] = Entry(plain, Kind.SYMLINK, target=str(path.readlink()))
        elif path.is_dir():
            found[plain] = Entry(plain, Kind.DIRECTORY)
        elif path.is_file():
            found[plain] = Entry(plain, Kind.FILE, path.stat().st_size)
    return found
