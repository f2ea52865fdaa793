"""Writes model files again without what is left over from training, each tensor read back and compared."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from deadweight.core.changes import Changes, is_removed
from deadweight.core.edit import Edit
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import DeadweightError
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.bodies import PIECE, staged
from deadweight.models.rewriting import rewritten


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    replaced: dict[str, Path] = {}
    for entry, stream in scene.artifact.contents.stream(list(untouched(edit, scene, so_far))):
        room = staged(staging, edit.kind, entry.path)
        room.mkdir()
        try:
            rewritten(laid_out(stream, room, entry), room / f"stripped-{entry.name}")
        except DeadweightError as error:
            scene.note(Gap("strip-model", entry.path, f"left as it is: {error.what}"))
            continue
        finally:
            (room / entry.name).unlink(missing_ok=True)
        replaced[entry.path] = room / f"stripped-{entry.name}"
    return Changes(replaced=replaced)


def untouched(edit: Edit, scene: Scene, so_far: Changes) -> Iterator[Entry]:
    """The files of the edit that no edit before it changed."""
    for path in edit.paths:
        entry = scene.listing.by_path[path]
        changed = is_removed(path, so_far.removed) or path in so_far.linked or path in so_far.replaced
        if entry.kind is Kind.FILE and not changed:
            yield entry


def laid_out(stream: BinaryIO, room: Path, entry: Entry) -> Path:
    """The body as a file under its own name, by which readers know some formats."""
    path = room / entry.name
    with path.open("xb") as copy:
        shutil.copyfileobj(stream, copy, PIECE)
    return path


EDIT: EditKind = EditKind("strip-model", "writes model files without leftovers of training", 40, frozenset(), _apply)
