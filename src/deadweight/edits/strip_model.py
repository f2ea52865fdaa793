"""Writes model files again without what is left over from training, each tensor read back and compared."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.errors import DeadweightError
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.bodies import staged
from deadweight.edits.model_bodies import laid_out, untouched
from deadweight.models.rewriting import rewritten


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    replaced: dict[str, Path] = {}
    for entry, stream in scene.artifact.contents.stream(list(untouched(edit, scene, so_far))):
        room = staged(staging, edit.kind, entry.path)
        room.mkdir()
        try:
            rewritten(laid_out(stream, room / entry.name), room / f"stripped-{entry.name}")
        except DeadweightError as error:
            scene.note(Gap("strip-model", entry.path, f"left as it is: {error.what}"))
            continue
        finally:
            (room / entry.name).unlink(missing_ok=True)
        replaced[entry.path] = room / f"stripped-{entry.name}"
    return Changes(replaced=replaced)


EDIT: EditKind = EditKind("strip-model", "writes model files without leftovers of training", 40, frozenset(), _apply)
