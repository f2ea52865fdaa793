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

    `is_view` is whether both view the same bytes of one file, so that the copy costs nothing there. `order` gives for
    each quarter of this one the quarter of the first that it equals, empty where the whole is equal as it stands.
    """

    first: tuple[Checkpoint, Tensor]
    checkpoint: Checkpoint
    tensor: Tensor
    is_view: bool = False
    order: tuple[int, ...] = ()


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


def rearranged(weighing: Weighing) -> tuple[Copy, ...]:
    """Every tensor whose four quarters an earlier one has in another order, as the gates of an LSTM of ONNX stand."""
    firsts: dict[tuple[str, tuple[str, ...]], tuple[Checkpoint, Tensor, tuple[str, ...]]] = {}
    found = []
    for checkpoint in weighing.checkpoints:
        for tensor in checkpoint.tensors:
            looked = weighing.look(checkpoint, tensor)
            if looked is None or not looked.quarters:
                continue
            key = (tensor.dtype, tuple(sorted(looked.quarters)))
            before, first, quarters = firsts.setdefault(key, (checkpoint, tensor, looked.quarters))
            if quarters != looked.quarters:
                order = tuple(map(quarters.index, looked.quarters))
                found.append(Copy((before, first), checkpoint, tensor, order=order))
    return tuple(found)
