"""What the bytes of a tensor say: their digest, bytes that are the same in all elements, the dtype that would do.

Everything is exact: all bytes are looked at, none is sampled. The planes of bytes are taken apart by slices with a
step, which costs some 10 ms a megabyte and needs no library.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import compress

from blake3 import blake3

from deadweight.core.tensor import Look, Tensor
from deadweight.models.bodies import whole_elements

SMALLEST_CUT = 1 << 16
_LOW_BITS_CLEAR = bytes(byte for byte in range(256) if byte & 0x1F == 0)
_SURE = bytes(byte for byte in range(256) if 57 <= byte & 0x7F <= 70)
"""The highest bytes of float32 whose exponents, with the bit that the next byte holds, are all within 113 to 142."""
_IS_DOUBTFUL = bytes(byte not in _SURE for byte in range(256))


def look(tensor: Tensor, pieces: Iterable[bytes]) -> Look:
    """What the bytes say, read once."""
    hasher = blake3()
    planes = _Planes(tensor.width if tensor.dtype != "bool" else 0)
    halves = _Halves(tensor.dtype == "float32")
    counting = _Counting(tensor)
    quarters = _Quarters(tensor)
    for piece in whole_elements(pieces, max(1, tensor.width)):
        hasher.update(piece)
        planes.take(piece)
        halves.take(piece)
        counting.take(piece)
        quarters.take(piece)
    constant = {place: byte for place, byte in planes.constant.items() if byte is not None}
    fits = _fits(tensor, constant, halves)
    counts = counting.goes_on and counting.expected > 0
    return Look(f"blake3:{hasher.hexdigest()}", constant, fits, counts, quarters.digests)


def _fits(tensor: Tensor, constant: dict[int, int], halves: _Halves) -> str:
    """The smaller dtype of floating point that holds every element exactly."""
    if tensor.dtype == "float32" and tensor.size:
        if constant.get(0) == 0 and constant.get(1) == 0:
            return "bfloat16"
        return "float16" if halves.fit else ""
    return ""


@dataclass(slots=True)
class _Planes:
    """The byte at each place within an element, None once two elements differ."""

    width: int
    constant: dict[int, int | None] = field(default_factory=dict)

    def take(self, piece: bytes) -> None:
        for place in range(self.width):
            first = self.constant.get(place, piece[place])
            if first is not None:
                plane = piece[place :: self.width]
                self.constant[place] = first if plane.count(first) == len(plane) else None


@dataclass(slots=True)
class _Halves:
    """Whether every float32 so far is a float16, by converting there and back where the low 13 bits allow it."""

    fit: bool

    def take(self, piece: bytes) -> None:
        if not self.fit:
            return
        low = piece[0::4].count(0) == len(piece) // 4 and not piece[1::4].translate(None, _LOW_BITS_CLEAR)
        self.fit = low and _survives(piece)


def _survives(piece: bytes) -> bool:
    """Exponents well within those of float16 are told by the highest byte; each other value is converted once."""
    high = piece[3::4]
    if not high.translate(None, _SURE):
        return True
    doubtful = set(compress(memoryview(piece).cast("I"), high.translate(_IS_DOUBTFUL)))
    return _converts(b"".join(one.to_bytes(4, sys.byteorder) for one in doubtful))


def _converts(elements: bytes) -> bool:
    count = len(elements) // 4
    try:
        values = struct.unpack(f"<{count}f", elements)
        back = struct.unpack(f"<{count}e", struct.pack(f"<{count}e", *values))
        return struct.pack(f"<{count}f", *back) == elements
    except (OverflowError, struct.error):
        return False


class _Counting:
    """Whether the elements count 0, 1, 2, … along the last axis, as indices of positions do."""

    def __init__(self, tensor: Tensor) -> None:
        is_index = tensor.dtype in ("int64", "int32") and tensor.shape and 1 < tensor.shape[-1] <= 1 << 20
        self.goes_on = bool(is_index)
        self.width, self.length = tensor.width, tensor.shape[-1] if tensor.shape else 0
        self.expected = 0

    def take(self, piece: bytes) -> None:
        if not self.goes_on:
            return
        values = struct.unpack(f"<{len(piece) // self.width}{'q' if self.width == 8 else 'i'}", piece)
        start = self.expected
        self.goes_on = all(value == (start + place) % self.length for place, value in enumerate(values))
        self.expected += len(values)


class _Quarters:
    """The digest of each quarter of the elements, of a big tensor whose first long axis has four equal parts."""

    def __init__(self, tensor: Tensor) -> None:
        first = next((length for length in tensor.shape if length > 1), 0)
        self.is_cut = tensor.size >= SMALLEST_CUT and first % 4 == 0 and len(tensor.shape) > 1
        self.length = tensor.size // 4
        self.hashers = [blake3() for _ in range(4 if self.is_cut else 0)]
        self.at = 0

    def take(self, piece: bytes) -> None:
        left = memoryview(piece)
        while self.is_cut and left:
            number, within = divmod(self.at, self.length)
            part = left[: self.length - within]
            self.hashers[number].update(part)
            self.at, left = self.at + len(part), left[len(part) :]

    @property
    def digests(self) -> tuple[str, ...]:
        return tuple(f"blake3:{hasher.hexdigest()}" for hasher in self.hashers)
