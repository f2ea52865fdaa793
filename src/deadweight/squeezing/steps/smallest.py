"""Which weights are the smallest of many, found by counting: however many there are, a few hundred kB do.

The bits of a float without its sign are ordered as its value is. One pass counts their upper halves, the next the
lower halves of those that the limit lies among.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from deadweight.judging.array import Array

Keys: TypeAlias = NDArray[np.uint32]
_HALF = 16
_KINDS = 1 << _HALF
_LOW = np.uint32(_KINDS - 1)


@dataclass(frozen=True, slots=True)
class Limit:
    """The smallest are those whose key is below `key`, and the first `ties` of those that have it."""

    key: int
    ties: int


@dataclass(slots=True)
class Sieve:
    """Takes the smallest away, piece by piece, in the order in which they were counted."""

    limit: Limit
    taken: int = 0

    def smallest(self, values: Array) -> NDArray[np.bool_]:
        """Which of the values are among the smallest."""
        found = keys(values)
        below, even = found < self.limit.key, found == self.limit.key
        among = np.cumsum(even) <= self.limit.ties - self.taken
        self.taken = min(self.limit.ties, self.taken + int(np.count_nonzero(even)))
        whole: NDArray[np.bool_] = below | (even & among)
        return whole


def keys(values: Array) -> Keys:
    """Whole numbers that are ordered as the sizes of the values; what is no number comes last."""
    with np.errstate(over="ignore", under="ignore"):
        single = np.ascontiguousarray(values, dtype=np.float32)
    found: Keys = single.view(np.uint32).ravel() & np.uint32(0x7FFFFFFF)
    return found


def limit_of(pieces: Callable[[], Iterator[Array]], count: int) -> Limit:
    """The limit below which `count` of the values lie; `pieces` gives all of them each time that it is asked."""
    if count <= 0:
        return Limit(0, 0)
    upper = _counted(keys(one) >> np.uint32(_HALF) for one in pieces())
    high, within = _place(upper, count)
    lower = _counted(found[found >> np.uint32(_HALF) == high] & _LOW for found in map(keys, pieces()))
    low, ties = _place(lower, within)
    return Limit(high << _HALF | low, ties)


def _counted(halves: Iterator[Keys]) -> NDArray[np.int64]:
    whole = np.zeros(_KINDS, dtype=np.int64)
    for one in halves:
        whole += np.bincount(one, minlength=_KINDS)
    return whole


def _place(counts: NDArray[np.int64], count: int) -> tuple[int, int]:
    """The kind that the count ends in, and how many of it are needed."""
    ends = np.cumsum(counts)
    place = int(np.searchsorted(ends, count))
    return place, count - int(ends[place] - counts[place])
