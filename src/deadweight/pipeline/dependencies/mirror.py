"""A project's folder with some files changed, without changing it: links to all that stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path


def mirrored(folder: Path, files: Iterable[str], contents: Mapping[str, bytes], room: Path) -> None:
    """Make the room, with links to the folder's files, and the new contents of the paths that have some.

    What lies at the top and is none of the files, such as an environment, is linked as it is.
    """
    room.mkdir()
    made: set[Path] = set()
    for path in (*contents, *files):
        place = room / path
        if place.parent not in made:
            place.parent.mkdir(parents=True, exist_ok=True)
            made.add(place.parent)
        if path in contents:
            place.write_bytes(contents[path])
        else:
            place.symlink_to((folder / path).absolute())
    for entry in folder.iterdir():
        if not (room / entry.name).exists():
            (room / entry.name).symlink_to(entry.absolute())
