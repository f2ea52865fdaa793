"""How far the elements of a tensor moved, in pieces; the only thing in a zoo that needs numpy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from math import sqrt
from typing import TYPE_CHECKING

from deadweight.core.zoo_report import Magnitude
from deadweight.models.bfloat16 import from_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PIECE = 1 << 20
_NUMBERS = {
    **{f"{kind}{bits}": f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)},
    **{f"float{bits}": f"float{bits}" for bits in (16, 32, 64)},
    "bool": "uint8",
    "bfloat16": "uint16",
}
"""The dtypes that are measured, with what numpy reads them as."""


def can_measure() -> bool:
    """Whether numpy is there."""
    return find_spec("numpy") is not None


def magnitude(dtype: str, orders: tuple[str, str], before: Iterable[bytes], after: Iterable[bytes]) -> Magnitude | None:
    """How far `after` is from `before`, as many bytes each; None for what is no numbers, or without numpy."""
    if dtype not in _NUMBERS or not can_measure():
        return None
    import numpy as np

    largest = moved = whole = 0.0
    elements = 0
    for one, other in zip(_cut(before), _cut(after), strict=True):
        first, second = _numbers(one, dtype, orders[0]), _numbers(other, dtype, orders[1])
        differ = first.view(np.uint64) != second.view(np.uint64)
        elements += int(differ.sum())
        finite = np.isfinite(first) & np.isfinite(second)
        step = np.where(finite, second - np.where(finite, first, 0.0), 0.0)
        step = np.where(finite, step, 0.0)
        largest = max(largest, float(np.abs(step).max(initial=0.0)))
        moved += float(np.square(step).sum())
        whole += float(np.square(np.where(finite, first, 0.0)).sum())
    return Magnitude(largest, sqrt(moved / whole) if whole else 0.0, elements)


def _numbers(body: bytes, dtype: str, order: str) -> NDArray[np.float64]:
    """The elements as float64: whole numbers of 64 bits lose what is beyond 53."""
    import numpy as np

    raw = np.frombuffer(body, np.dtype(_NUMBERS[dtype]).newbyteorder("<" if order == "little" else ">"))
    if dtype == "bfloat16":
        raw = from_words(raw)
    with np.errstate(invalid="ignore"):
        return raw.astype(np.float64)


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of 1 MiB, however they were cut."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= _PIECE:
            yield bytes(waiting[:_PIECE])
            del waiting[:_PIECE]
    if waiting:
        yield bytes(waiting)
