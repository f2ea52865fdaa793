"""What lossless coding would leave of a tensor: the planes of a sample are coded, and what comes out is counted."""

from __future__ import annotations

import os
from pathlib import Path

from deadweight.core.tensor import Checkpoint, Tensor
from deadweight.models.gathering import extent
from deadweight.models.planes import FLOATS, coded, split

SMALLEST = 4096
_PIECE = 1 << 18
_PIECES = 4


def packed_share(checkpoint: Checkpoint, tensor: Tensor) -> float | None:
    """Coded over plain bytes of up to four stretches of 256 kB; None for what is small, packed or has holes."""
    storage = checkpoint.storages[tensor.storage]
    if tensor.size < SMALLEST or not tensor.width or storage.packing or extent(tensor) != tensor.size:
        return None
    path = Path(checkpoint.location).parent / storage.file
    sample = _sample(path, storage.offset + tensor.offset, tensor.size, tensor.width)
    planes = split(sample, tensor.width, floats=tensor.dtype in FLOATS)
    return min(1.0, sum(len(coded(plane)[1]) for plane in planes) / len(sample)) if sample else None


def _sample(path: Path, start: int, size: int, width: int) -> bytes:
    """Stretches of whole elements, spread evenly; all of it where it is small."""
    length = _PIECE // width * width
    if size <= length * _PIECES:
        places = [(start, size)]
    else:
        step = (size - length) // (_PIECES - 1) // width * width
        places = [(start + number * step, length) for number in range(_PIECES)]
    with path.open("rb") as file:
        return b"".join(os.pread(file.fileno(), count, place) for place, count in places)
