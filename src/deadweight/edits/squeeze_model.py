"""Writes model files with their weights on a grid, in their own format: outputs change within what a proof allows."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.coarser_models import KIND
from deadweight.core.edit import Edit
from deadweight.core.errors import DeadweightError, UsageError
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.bodies import staged
from deadweight.edits.model_bodies import laid_out, untouched


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    from deadweight.squeezing.steps.own_format import (  # with numpy, which not every installation has
        grids_of,
        write_own,
    )

    share = _share(edit)
    replaced: dict[str, Path] = {}
    for entry, stream in scene.artifact.contents.stream(list(untouched(edit, scene, so_far))):
        room = staged(staging, edit.kind, entry.path)
        room.mkdir()
        original, made = room / entry.name, room / f"squeezed-{entry.name}"
        try:
            laid_out(stream, original)
            write_own(original, made, grids_of(original, share))
        except DeadweightError as error:
            made.unlink(missing_ok=True)
            scene.note(Gap(edit.kind, entry.path, f"left as it is: {error.what}"))
            continue
        finally:
            original.unlink(missing_ok=True)
        replaced[entry.path] = made
    return Changes(replaced=replaced)


def _share(edit: Edit) -> float:
    try:
        return float(edit.arguments["share"])
    except (KeyError, ValueError) as error:
        raise UsageError(
            f"the edit that squeezes {edit.paths[0]!r} does not say how coarse", advice="Make the plan again."
        ) from error


EDIT: EditKind = EditKind(KIND, "writes model files with fewer distinct weights", 45, frozenset(), _apply)
