"""A result and its companion are put in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.proof import Proof
from deadweight.core.scene import Scene
from deadweight.formats.companion_writing import write_companion
from deadweight.formats.images.pull_by_shape import pull_by_shape
from deadweight.formats.output import put_in_place
from deadweight.pipeline.making.output import companion_path
from deadweight.pipeline.making.workshop import Packed, Workshop
from deadweight.pipeline.opening import open_scene


@dataclass(frozen=True, slots=True)
class Made:
    """The result in place: opened again, its edits, its proof, and the companion archive.

    `shapes` are the bytes to pull of each shape that it could have, by one who has the stated base; empty without one.
    """

    scene: Scene
    edits: tuple[Edit, ...]
    proof: Proof
    companion: Path | None
    shapes: Mapping[str, int] = field(default_factory=dict)


def placed(shop: Workshop, packed: Packed, proof: Proof) -> Made:
    """Put the result in place, and what was cut beside it; neither is there where one of them fails."""
    shapes = _shapes(shop, packed.changes) if shop.output.base else {}
    companion = None
    if shop.output.companion and packed.changes:
        companion = companion_path(shop.output.path)
        reasons = {path: (edit.rule, edit.owner) for edit in packed.edits for path in edit.paths}
        write_companion(shop.scene.artifact, packed.changes, reasons, companion)
    try:
        put_in_place(packed.path, shop.output.path)
    except BaseException:  # whatever it was, a companion of nothing helps nobody
        if companion:
            companion.unlink(missing_ok=True)
        raise
    return Made(open_scene(shop.output.path, shop.sight), packed.edits, proof, companion, shapes)


def _shapes(shop: Workshop, changes: Changes) -> Mapping[str, int]:
    """What is pulled of each shape by one who has the base."""
    packing = shop.output.packing
    sizes = pull_by_shape(shop.scene.artifact, changes, packing, packing.base)
    return {str(shape): size for shape, size in sizes.items() if size is not None}
