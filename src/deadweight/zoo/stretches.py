"""Where tensors lie in a file as they are: stretches that do not overlap, each with the width of its elements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deadweight.core.tensor import Checkpoint, Tensor, is_row_major
from deadweight.models.gathering import extent
from deadweight.zoo.coding import WIDTHS
from deadweight.zoo.intake import Intake

SMALLEST = 512
"""Below this many bytes a tensor stays with what lies around it: telling where it is would take as much."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes of a file that are one tensor, or several that view the same ones; named by the first."""

    offset: int
    size: int
    width: int
    name: str


def place_of(checkpoint: Checkpoint, tensor: Tensor) -> tuple[str, int] | None:
    """The file and offset where the tensor's elements lie one after the other, None where they do not."""
    storage = checkpoint.storages[tensor.storage]
    if storage.packing or not is_row_major(tensor.shape, tensor.strides):
        return None
    return storage.file, storage.offset + tensor.offset


def stretches(intake: Intake) -> Mapping[str, tuple[Stretch, ...]]:
    """The stretches of each file by its path, in their order; of tensors that overlap the outermost."""
    found: dict[str, list[Stretch]] = defaultdict(list)
    for checkpoint in intake.checkpoints:
        for tensor in checkpoint.tensors:
            storage = checkpoint.storages[tensor.storage]
            size = extent(tensor) if tensor.size else 0
            if not storage.packing and size >= SMALLEST:
                width = tensor.width if tensor.width in WIDTHS else 1
                one = Stretch(storage.offset + tensor.offset, size, width, tensor.name)
                found[intake.path_of(checkpoint, storage.file)].append(one)
    return {path: _outermost(ones) for path, ones in found.items()}


def _outermost(ones: Iterable[Stretch]) -> tuple[Stretch, ...]:
    kept: list[Stretch] = []
    end = 0
    for one in sorted(ones, key=lambda one: (one.offset, -one.size)):
        if one.offset >= end:
            kept.append(one)
            end = one.offset + one.size
    return tuple(kept)
