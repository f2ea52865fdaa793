"""Blanks the code of GPU architectures that nobody uses: zeros in its place, and no other byte of a library changes.

Headers stay, so that the driver chooses as before; what it would not choose it does not read. The result is walked
again, and every byte that is kept is compared. Tools that read every payload (cuobjdump) complain of the blank ones.
Source: Negativa-ML (MLSys 2025, arXiv 2503.14226) overwrites the same bytes and runs ten workloads on GPUs so.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from deadweight.core.changes import Changes, is_removed
from deadweight.core.edit import Edit
from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.blanked_library import Wish, blanked
from deadweight.edits.bodies import PIECE, staged
from deadweight.edits.checksums import checksummed
from deadweight.native.gpu_choice import gpus_named


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    wish = _wish(edit.arguments)
    replaced: dict[str, Path] = {}
    for entry, stream in scene.artifact.contents.stream(list(_libraries(edit, scene, so_far))):
        result = staged(staging, "blank", entry.path)
        with result.open("wb") as copy:
            shutil.copyfileobj(stream, copy, PIECE)
        why = blanked(result, wish)
        if why:
            result.unlink()
            scene.note(Gap("blank", entry.path, f"left as it is: {why}"))
        else:
            replaced[entry.path] = result
    return Changes(replaced=replaced)


def _wish(arguments: Mapping[str, str]) -> Wish:
    return Wish(gpus_named(arguments.get("gpu", "")), arguments.get("ptx", "keep") != "drop")


def _libraries(edit: Edit, scene: Scene, so_far: Changes) -> Iterator[Entry]:
    """The entries to read; a hard link follows its first name."""
    for path in edit.paths:
        entry = scene.listing.by_path[path]
        if entry.kind is not Kind.FILE or is_removed(path, so_far.removed) or path in so_far.linked:
            continue
        if why := checksummed(entry, scene):
            scene.note(Gap("blank", path, f"left as it is: {why}"))
        else:
            yield entry


EDIT: EditKind = EditKind("blank", "blanks the code of GPU architectures that nobody uses", 25, frozenset(), _apply)
