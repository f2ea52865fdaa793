"""What one who has some layers pulls of a result, for each shape that it could be written in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, cast

from deadweight.core.artifact import Artifact, Blobs
from deadweight.core.changes import Changes
from deadweight.core.seams import Packing
from deadweight.core.shape import Shape
from deadweight.formats.images.layer_plan import Members
from deadweight.formats.images.layer_writer import staged_from_below, write_layer
from deadweight.formats.images.pull import pull_bytes
from deadweight.formats.images.shaping import shaped
from deadweight.formats.images.sink import Stored, Writing, written

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def pull_by_shape(
    artifact: Artifact, changes: Changes, packing: Packing, have: frozenset[str]
) -> Mapping[Shape, int | None]:
    """The bytes of layers and configuration that are pulled of each shape, as `pull_bytes` counts them.

    Nothing is kept of what is packed for it: gzip where the packing names no codec. Every shape costs a packing of its
    own, but for those that come to the same layers. None for all where the artifact is no image.
    """
    blobs = artifact.blobs
    if blobs is None:
        return dict.fromkeys(Shape)
    packing = replace(packing, codec=packing.codec if packing.codec not in ("", "store") else "gzip", base=have)
    plans = {shape: shaped(artifact, blobs, changes, replace(packing, shape=shape)) for shape in Shape}
    known: dict[tuple[Members | int, ...], int] = {}
    for plan in plans.values():
        if _essence(plan) not in known:
            known[_essence(plan)] = _pulled(artifact, blobs, plan, (packing, have))
    return {shape: known[_essence(plan)] for shape, plan in plans.items()}


def _essence(plan: Sequence[Members]) -> tuple[Members | int, ...]:
    """The plan without layers that go, those that stay by their place."""
    return tuple(index if members is None else members for index, members in enumerate(plan) if members != ())


def _pulled(artifact: Artifact, blobs: Blobs, plan: Sequence[Members], how: tuple[Packing, frozenset[str]]) -> int:
    packing, have = how
    kept = tuple(layer for layer, members in zip(artifact.layers, plan, strict=False) if members is None)
    size = pull_bytes(replace(artifact, layers=kept), have, packing.progress) or 0
    packing.progress.start("measuring what is pulled", sum(one.entry.size for members in plan for one in members or ()))
    with staged_from_below([members or () for members in plan], artifact.contents) as staged:
        for members in filter(None, staged):
            layer = write_layer(_Scales(), members, artifact.contents, packing)
            size += 0 if layer.diff_id in have else layer.blob.size
    packing.progress.finish()
    return size


class _Scales:
    """Takes the files of an image and keeps nothing but their sizes."""

    def blob(self, write: Writing, algorithm: str = "sha256") -> Stored:
        """Weigh one blob."""
        return written(cast(BinaryIO, _Nowhere()), write, algorithm)

    def file(self, name: str, body: bytes) -> None:
        """Nothing: a registry sends no such file."""


class _Nowhere(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, piece: ReadableBuffer) -> int:
        return memoryview(piece).nbytes
