"""Cuts functions that nothing leads to out of builds of OpenBLAS, and strips what is left.

What stays keeps its address, and what is mapped is compared byte for byte. A name that went is not found any more: who
asks for it is told by the loader, as by a library that never had it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from deadweight.core.changes import Changes, is_removed
from deadweight.core.edit import Edit
from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.bodies import PIECE, staged
from deadweight.edits.checksums import checksummed
from deadweight.native.cut_openblas import cut


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    imported = frozenset(edit.arguments.get("imported", "").split())
    levels = tuple(filter(None, edit.arguments.get("processors", "").split(",")))
    replaced: dict[str, Path] = {}
    for entry, stream in scene.artifact.contents.stream(list(_libraries(edit, scene, so_far))):
        original, result = staged(staging, "original", entry.path), staged(staging, "hollow", entry.path)
        with original.open("wb") as copy:
            shutil.copyfileobj(stream, copy, PIECE)
        if why := cut(original, result, imported, levels):
            left = "stripped alone" if result.exists() else "left as it is"
            scene.note(Gap("hollow", entry.path, f"{left}: {why}"))
        if result.exists():
            replaced[entry.path] = result
        original.unlink()
    return Changes(replaced=replaced)


def _libraries(edit: Edit, scene: Scene, so_far: Changes) -> Iterator[Entry]:
    """The entries to read; a hard link follows its first name, and what another edit replaced is not the original."""
    for path in edit.paths:
        entry = scene.listing.by_path[path]
        changed = is_removed(path, so_far.removed) or path in so_far.linked or path in so_far.replaced
        if entry.kind is not Kind.FILE or changed:
            continue
        if why := checksummed(entry, scene):
            scene.note(Gap("hollow", path, f"left as it is: {why}"))
        else:
            yield entry


EDIT: EditKind = EditKind("hollow", "cuts functions that nothing leads to out of OpenBLAS", 28, frozenset(), _apply)
