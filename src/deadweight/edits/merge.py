"""Leaves out what lower layers store and higher ones hide."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit, Storage
from deadweight.core.errors import UsageError
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    if edit.layer is None:
        raise UsageError(f"the edit that merges {edit.paths[0]!r} away names no layer", advice="Make the plan again.")
    return Changes(dropped=frozenset((edit.layer, path) for path in edit.paths))


EDIT: EditKind = EditKind("merge", "leaves out what a higher layer hides", 40, frozenset((Storage.LAYERS,)), _apply)
