"""Leaves paths out of the copy; a directory goes with all that lies in it."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    return Changes(removed=frozenset(edit.paths))


EDIT: EditKind = EditKind("remove", "leaves files and directories out", 10, frozenset(), _apply)
