"""Where an artifact can run: a tree where it lies, anything else unpacked."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.seams import Packing
from deadweight.formats.recognition import format_named
from deadweight.sandbox.stand import Stand

_TREES = frozenset(("directory", "virtual-environment", "project"))


def stand_for(artifact: Artifact, room: Path, place: Path | None = None) -> Stand:
    """Where the artifact can run: a tree where it lies (seen at `place`), anything else unpacked into `room`."""
    if artifact.format in _TREES:
        root = Path(artifact.location).absolute()
        return Stand(root=root, place=str(place or root), image=False)
    tree = room / "tree"
    pack = format_named("directory").pack
    assert pack is not None, "trees can be written"
    room.mkdir(exist_ok=True)
    pack(artifact, Changes(), tree, Packing())
    return Stand(root=tree, place=str(place or tree), image=artifact.image is not None)
