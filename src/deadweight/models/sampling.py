"""What lossless coding would leave of a tensor: planes of bytes, each compressed on its own, measured on a sample."""

from __future__ import annotations

import io
import os
from pathlib import Path

from deadweight.codecs.detection import codec_named
from deadweight.core.tensor import Checkpoint, Tensor
from deadweight.models.gathering import extent

SMALLEST = 4096
_PIECE = 1 << 18
_PIECES = 4


def packed_share(checkpoint: Checkpoint, tensor: Tensor) -> float | None:
    """Compressed over plain bytes of up to four stretches of 256 kB; None for what is small, packed or has holes."""
    storage = checkpoint.storages[tensor.storage]
    if tensor.size < SMALLEST or not tensor.width or storage.packing or extent(tensor) != tensor.size:
        return None
    path = Path(checkpoint.location).parent / storage.file
    sample = _sample(path, storage.offset + tensor.offset, tensor.size, tensor.width)
    planes = [sample[place :: tensor.width] for place in range(tensor.width)]
    return min(1.0, sum(map(_compressed, planes)) / len(sample)) if sample else None


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


def _compressed(plane: bytes) -> int:
    codec, out = codec_named("zstd"), io.BytesIO()
    with codec.writer(out, codec.level) as writer:
        writer.write(plane)
    return len(out.getvalue())
