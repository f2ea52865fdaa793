"""Elements of floating point in another dtype, piece by piece, with what that did to them. Needs numpy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deadweight.core.conversion import Cast
from deadweight.core.errors import Lacking
from deadweight.core.tensor import BITS
from deadweight.models.bfloat16 import from_words, words_of
from deadweight.models.bodies import whole_elements

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLOATS = ("float64", "float32", "float16", "bfloat16")
"""The dtypes that are cast, and cast to."""


@dataclass(slots=True)
class Casting:
    """One tensor on its way to another dtype; `told` counts what became of the elements so far.

    `source` is the dtype that the pieces have; what is told may name the blocks that they came from.
    """

    told: Cast
    source: str

    def pieces(self, given: Iterable[bytes]) -> Iterator[bytes]:
        """The elements in the new dtype, little-endian."""
        check_numpy()
        for piece in whole_elements(given, BITS[self.source] // 8):
            was = floats_of(piece, self.source)
            made = bytes_in(was, self.told.target)
            self._count(was, floats_of(made, self.told.target))
            yield made

    def _count(self, was: NDArray[Any], now: NDArray[Any]) -> None:
        import numpy as np

        differs = (was != now) & ~(np.isnan(was) & np.isnan(now))
        if not differs.any():
            self.told = self.told.with_more(Cast("", "", 0, was.size))
            return
        before, after = was[differs].astype(np.float64), now[differs].astype(np.float64)
        is_endless = np.isinf(after)
        offs = np.abs(before - after)[~is_endless]
        furthest = float(offs.max()) if offs.size else 0.0
        vanished = int(np.count_nonzero(after == 0))
        more = Cast("", "", 0, was.size, before.size, int(np.count_nonzero(is_endless)), vanished, furthest)
        self.told = self.told.with_more(more)


def check_numpy() -> None:
    """Raise Lacking where numpy is not there."""
    try:
        import numpy  # noqa: F401
    except ImportError as fault:
        raise Lacking("another dtype takes numpy", advice="pip install 'deadweight[models]'") from fault


def floats_of(piece: bytes, dtype: str) -> NDArray[Any]:
    """The elements as numbers; bfloat16 as float32, which holds it exactly."""
    import numpy as np

    if dtype == "bfloat16":
        return from_words(np.frombuffer(piece, dtype="<u2"))
    return np.frombuffer(piece, dtype=np.dtype(dtype).newbyteorder("<"))


def bytes_in(values: NDArray[Any], dtype: str) -> bytes:
    """The numbers in the dtype, each the nearest that it holds, of two as near the even one."""
    import numpy as np

    if dtype != "bfloat16":
        with np.errstate(over="ignore", under="ignore"):
            return values.astype(np.dtype(dtype).newbyteorder("<")).tobytes()
    return words_of(_single(values)).tobytes()


def _single(values: NDArray[Any]) -> NDArray[Any]:
    """float32 that rounds to bfloat16 as the values would: of float64, what is between two is made odd."""
    import numpy as np

    with np.errstate(over="ignore", under="ignore"):
        single = np.ascontiguousarray(values.astype("<f4"))
    if values.dtype.itemsize <= 4:
        return single
    back = single.astype(np.float64)
    between = np.isfinite(back) & (back != values)
    words = single.view("<u4")
    inward = words - (between & (np.abs(back) > np.abs(values))).astype("<u4")
    odd: NDArray[Any] = inward | between.astype("<u4")
    return odd.view("<f4")
