"""Which native files an edit may rewrite, and each of them laid in the staging folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from deadweight.core.changes import Changes, is_removed
from deadweight.core.edit import Edit
from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.edits.bodies import PIECE, staged
from deadweight.edits.checksums import checksummed


def originals(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Iterator[tuple[str, Path]]:
    """The libraries of the edit as the artifact has them, each by its path with a staged copy, which is the caller's.

    A hard link follows its first name. What an earlier edit removed, linked or replaced is not the original any more;
    what something holds a checksum of is left, with a gap.
    """
    for entry, stream in scene.artifact.contents.stream([*_libraries(edit, scene, so_far)]):
        copy = staged(staging, edit.kind, entry.path)
        with copy.open("wb") as body:
            shutil.copyfileobj(stream, body, PIECE)
        yield entry.path, copy


def _libraries(edit: Edit, scene: Scene, so_far: Changes) -> Iterator[Entry]:
    for path in edit.paths:
        entry = scene.listing.by_path[path]
        changed = is_removed(path, so_far.removed) or path in so_far.linked or path in so_far.replaced
        if entry.kind is not Kind.FILE or changed:
            continue
        if why := checksummed(entry, scene):
            leave(edit, scene, path, why)
        else:
            yield entry


def leave(edit: Edit, scene: Scene, path: str, why: str) -> None:
    """Tell that the edit left the library, and why."""
    scene.note(Gap(edit.kind, path, f"left as it is: {why}"))
