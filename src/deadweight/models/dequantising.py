"""The numbers that blocks of GGUF stand for, as float32. Needs numpy.

Source: ggml-quants.c (`dequantize_row_*`). A block has 32 elements: a scale in float16, for the uneven kinds the least
value too, for five bits their highest ones in 4 bytes, then the codes, those of the second half in the high bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deadweight.models.bodies import whole_elements
from deadweight.models.casting import check_numpy

if TYPE_CHECKING:
    from numpy.typing import NDArray

ELEMENTS = 32
_HALF = 2


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of block: its bytes, the bits of a code, and whether a least value stands after the scale."""

    size: int
    bits: int
    is_uneven: bool = False

    @property
    def middle(self) -> int:
        """The code that stands for zero."""
        return 0 if self.is_uneven or self.bits == 8 else 1 << (self.bits - 1)


BLOCKS: Mapping[str, Block] = {
    "q4_0": Block(18, 4),
    "q4_1": Block(20, 4, True),
    "q5_0": Block(22, 5),
    "q5_1": Block(24, 5, True),
    "q8_0": Block(34, 8),
}
"""The kinds that are told as numbers; those of 256 elements are not."""


def dequantised(pieces: Iterable[bytes], kind: str) -> Iterator[bytes]:
    """The elements as float32, little-endian."""
    check_numpy()
    block = BLOCKS[kind]
    for piece in whole_elements(pieces, block.size):
        yield _numbers(piece, block).tobytes()


def _numbers(piece: bytes, block: Block) -> NDArray[Any]:
    import numpy as np

    rows = np.frombuffer(piece, dtype=np.uint8).reshape(-1, block.size)
    scales = np.ascontiguousarray(rows[:, :_HALF]).view("<f2").astype("<f4")
    start = 2 * _HALF if block.is_uneven else _HALF
    values: NDArray[Any] = (_codes(rows[:, start:], block.bits) - np.float32(block.middle)) * scales
    if block.is_uneven:
        values = values + np.ascontiguousarray(rows[:, _HALF:start]).view("<f2").astype("<f4")
    return values


def _codes(body: NDArray[Any], bits: int) -> NDArray[Any]:
    """The codes of each block in the order of its elements, as float32."""
    import numpy as np

    if bits == 8:
        return np.ascontiguousarray(body).view(np.int8).astype("<f4")
    packed = body[:, -ELEMENTS // 2 :]
    codes = np.concatenate([packed & 15, packed >> 4], axis=1)
    if bits == 5:
        codes = codes | np.unpackbits(np.ascontiguousarray(body[:, :4]), axis=1, bitorder="little") << 4
    return codes.astype("<f4")
