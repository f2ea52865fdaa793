"""Cuts functions that nothing leads to out of builds of OpenBLAS, and strips what is left.

What stays keeps its address, and what is mapped is compared byte for byte. A name that went is not found any more: who
asks for it is told by the loader, as by a library that never had it.
"""

from __future__ import annotations

from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.bodies import staged
from deadweight.edits.libraries import leave, originals
from deadweight.native.cutting.cut_openblas import cut


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    imported = frozenset(edit.arguments.get("imported", "").split())
    levels = tuple(filter(None, edit.arguments.get("processors", "").split(",")))
    replaced: dict[str, Path] = {}
    for path, original in originals(edit, scene, so_far, staging):
        result = staged(staging, "hollowed", path)
        why = cut(original, result, imported, levels)
        original.unlink()
        if result.exists():
            replaced[path] = result
        if why and result.exists():
            scene.note(Gap("hollow", path, f"stripped alone: {why}"))
        elif why:
            leave(edit, scene, path, why)
    return Changes(replaced=replaced)


EDIT: EditKind = EditKind("hollow", "cuts functions that nothing leads to out of OpenBLAS", 28, frozenset(), _apply)
