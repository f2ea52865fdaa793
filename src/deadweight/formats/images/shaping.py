"""Which layers of an image keep their blobs, and what the others are written with, for each shape."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from deadweight.core.artifact import Artifact, Blobs
from deadweight.core.changes import Changes, Write
from deadweight.core.errors import Lacking
from deadweight.core.layers import Layer
from deadweight.core.seams import Packing
from deadweight.core.shape import Shape
from deadweight.formats.images.documents import ADDED
from deadweight.formats.images.layer_plan import Members, plan_layers
from deadweight.formats.images.merged_plan import plan_merged


def shaped(artifact: Artifact, blobs: Blobs, changes: Changes, packing: Packing) -> tuple[Members, ...]:
    """The members of each layer, and of the one added on top, in the shape that the packing asks for.

    Raises Lacking where a layer that was not read would have to be taken apart.
    """
    layers = [blobs.entries(layer) for layer in artifact.layers]
    below = 0
    if packing.shape is not Shape.FLAT:
        planned = plan_layers(layers, artifact.inventory, changes)
        if packing.shape is Shape.KEEP:
            return planned
        below = _staying(artifact.layers, planned, packing.base)
    if below == len(layers) and not changes:
        return (None,) * below
    _check_read(artifact.layers[below:], artifact.location)
    return plan_merged(layers, artifact.inventory, changes, below)


def flat_members(artifact: Artifact, blobs: Blobs, changes: Changes) -> tuple[Write, ...]:
    """All that is seen of an image, in the order in which it is stored; Lacking where a layer was not read."""
    _check_read(artifact.layers, artifact.location)
    layers = [blobs.entries(layer) for layer in artifact.layers]
    return plan_merged(layers, artifact.inventory, changes, 0)[-1] or ()


def made_by(planned: Sequence[Members], known: int, shape: Shape) -> str:
    """What the history says of the layer on top of the `known` ones of the source."""
    merged = planned[:known].count(())
    if shape is Shape.KEEP:
        return ADDED
    return f"deadweight: {merged} layers in one" if merged > 1 else "deadweight: slimmed"


def _staying(layers: Sequence[Layer], planned: Sequence[Members], base: frozenset[str]) -> int:
    """How many of the lowest layers stay as they are: nothing touches them, or the base has them."""
    stays = (
        members is None or layer.digest in base or layer.diff_id in base
        for layer, members in zip(layers, planned, strict=False)
    )
    return len(list(takewhile(bool, stays)))


def _check_read(layers: Sequence[Layer], where: str) -> None:
    unread = [layer for layer in layers if not layer.diff_id]
    if unread:
        raise Lacking(
            f"layer {unread[0].index + 1} was not read and can't become part of another",
            where=where,
            advice="Keep the layers as they are: --shape keep.",
        )
