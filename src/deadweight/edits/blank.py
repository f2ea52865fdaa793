"""Blanks the code of GPU architectures that nobody uses: zeros in its place, and no other byte of a library changes.

Headers stay, so that the driver chooses as before; what it would not choose it does not read. The result is walked
again, and every byte that is kept is compared. Tools that read every payload (cuobjdump) complain of the blank ones.
Source: Negativa-ML (MLSys 2025, arXiv 2503.14226) overwrites the same bytes and runs ten workloads on GPUs so.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.blanked_library import Wish, blanked
from deadweight.edits.libraries import leave, originals
from deadweight.native.gpu_choice import gpus_named


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    wish = _wish(edit.arguments)
    replaced: dict[str, Path] = {}
    for path, copy in originals(edit, scene, so_far, staging):
        if why := blanked(copy, wish):
            copy.unlink()
            leave(edit, scene, path, why)
        else:
            replaced[path] = copy
    return Changes(replaced=replaced)


def _wish(arguments: Mapping[str, str]) -> Wish:
    return Wish(gpus_named(arguments.get("gpu", "")), arguments.get("ptx", "keep") != "drop")


EDIT: EditKind = EditKind("blank", "blanks the code of GPU architectures that nobody uses", 25, frozenset(), _apply)
