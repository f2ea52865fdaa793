"""A project's folder with some files changed, without changing it: links to all that stays."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def mirrored(folder: Path, room: Path, contents: Mapping[str, bytes]) -> None:
    """Fill the room with links to what the folder has, and the new contents of the paths in it."""
    real = {parent for path in contents for parent in _parents(path)}
    _fill(folder.absolute(), room, "", real | {""})
    for path, data in contents.items():
        (room / path).parent.mkdir(parents=True, exist_ok=True)
        (room / path).unlink(missing_ok=True)
        (room / path).write_bytes(data)


def _parents(path: str) -> set[str]:
    parts = path.split("/")[:-1]
    return {"/".join(parts[:length]) for length in range(1, len(parts) + 1)}


def _fill(folder: Path, room: Path, below: str, real: set[str]) -> None:
    """Link what is in the folder below; folders that hold what is changed are folders of their own."""
    with os.scandir(folder / below) as entries:
        for entry in entries:
            path = f"{below}/{entry.name}" if below else entry.name
            if path in real and entry.is_dir():
                (room / path).mkdir()
                _fill(folder, room, path, real)
            else:
                (room / path).symlink_to(folder / path)
