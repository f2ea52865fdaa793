"""What lossless coding would leave of a tensor: the planes of a sample are coded, and what comes out is counted."""

from __future__ import annotations

import os
from pathlib import Path

from deadweight.core.tensor import Checkpoint, Tensor
from deadweight.models.gathering import extent
from deadweight.models.planes import FLOATS, coded, split

SMALLEST = 4096
_PIECE = 1 << 16
_PIECES = 16
"""Many and short: tables start with rows that were never trained, and four long ones told 1.36 times where 1.22 is."""


def packed_share(checkpoint: Checkpoint, tensor: Tensor) -> float | None:
    """Coded over plain bytes of up to sixteen stretches of 64 kB; None for what is small, packed or has holes."""
    sample = sample_of(checkpoint, tensor, _PIECES * _PIECE)
    if not sample:
        return None
    planes = split(sample, tensor.width, floats=tensor.dtype in FLOATS)
    return min(1.0, sum(len(coded(plane)[1]) for plane in planes) / len(sample))


def sample_of(checkpoint: Checkpoint, tensor: Tensor, most: int) -> bytes:
    """Elements of sixteen stretches spread evenly, little-endian, of about `most` bytes; all of what is no larger.

    Nothing for what is small, packed, has holes or the bytes of its elements in the other order.
    """
    storage = checkpoint.storages[tensor.storage]
    odd = storage.packing or extent(tensor) != tensor.size or tensor.order == "big"
    if tensor.size < SMALLEST or not tensor.width or odd:
        return b""
    start, length = storage.offset + tensor.offset, most // _PIECES // tensor.width * tensor.width
    if tensor.size <= length * _PIECES:
        places = [(start, tensor.size)]
    else:
        step = (tensor.size - length) // (_PIECES - 1) // tensor.width * tensor.width
        places = [(start + number * step, length) for number in range(_PIECES)]
    with (Path(checkpoint.location).parent / storage.file).open("rb") as file:
        return b"".join(os.pread(file.fileno(), count, place) for place, count in places)
