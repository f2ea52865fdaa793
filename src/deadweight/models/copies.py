"""Tensors that hold the same elements, in one checkpoint and across several."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from deadweight.core.tensor import Checkpoint, Tensor, Weighing

SMALLEST = 1024
"""Below this many bytes a copy is not worth the name that tells of it."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A tensor whose elements another has too: `first` in its checkpoint, this one in its own.

    `is_view` is whether both view the same bytes of one file, so that the copy costs nothing there.
    """

    first: tuple[Checkpoint, Tensor]
    checkpoint: Checkpoint
    tensor: Tensor
    is_view: bool


def copies(weighing: Weighing, smallest: int = SMALLEST) -> tuple[Copy, ...]:
    """Every tensor whose dtype and elements an earlier one has; shapes may differ, names too."""
    groups: dict[tuple[str, int, str], list[tuple[Checkpoint, Tensor]]] = defaultdict(list)
    for checkpoint in weighing.checkpoints:
        for tensor in checkpoint.tensors:
            looked = weighing.look(checkpoint, tensor) if tensor.size >= smallest else None
            if looked is not None:
                groups[tensor.dtype, tensor.size, looked.digest].append((checkpoint, tensor))
    found = []
    for first, *others in groups.values():
        seen = [_bytes(*first)]
        for checkpoint, tensor in others:
            place = _bytes(checkpoint, tensor)
            found.append(Copy(first, checkpoint, tensor, place in seen))
            seen.append(place)
    return tuple(found)


def _bytes(checkpoint: Checkpoint, tensor: Tensor) -> tuple[str, int, int]:
    """What tells whether two tensors are the same bytes of a file."""
    return checkpoint.location, tensor.storage, tensor.offset
