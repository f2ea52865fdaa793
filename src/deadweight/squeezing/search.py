"""The search for the smallest model that keeps what is asked for, or for a stated size that keeps most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from deadweight.core.squeeze_report import Tried
from deadweight.squeezing.aiming import Sizes, factor_of_size
from deadweight.squeezing.method import Method

STRIDE = 2**0.25
"""By how much coarser two neighbours are: about a twelfth of the bytes."""
_FINEST, _COARSEST = -17, 12
"""Where the search ends, in strides from the factor 1."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What is wanted: the share to keep on every task, and how many times smaller; 0 for as small as passes.

    `is_whole` has every method searched; else the first that gives what is wanted is the last.
    """

    keep: float
    ratio: float = 0.0
    is_whole: bool = False

    def is_reached(self, original: int, size: int) -> bool:
        """Whether it is as small as asked."""
        return original >= self.ratio * size


class Maker(Protocol):
    """Who makes the model of a method at a factor; what is asked twice is made once."""

    def guess(self, method: Method, factor: float) -> float:
        """About the bytes of it, by a few weights of each tensor."""

    def size(self, method: Method, factor: float) -> int:
        """The bytes of it; it is made for that, and not judged."""

    def judge(self, method: Method, factor: float) -> Tried:
        """What development data say of it."""


def search(aim: Aim, original: int, methods: Sequence[Method], maker: Maker) -> tuple[Tried, ...]:
    """Every point that was made, by bytes, most first.

    With a ratio, sizes lead to the point, and of each method one is judged: development data have no word on where it
    lies, so that they say of it what the gate may say. Else they lead: coarser until a point is no longer safe.
    """
    tried: list[Tried] = []
    for method in methods:
        tried += _of_size(aim, original, method, maker) if aim.ratio else _as_small(aim, method, maker)
        if not aim.is_whole and best(aim, original, tuple(tried)) is not None:
            break
    return tuple(sorted(tried, key=lambda one: -one.size))


def best(aim: Aim, original: int, tried: tuple[Tried, ...]) -> Tried | None:
    """The point to take to the gate: the smallest that is safe; of a ratio, the one that keeps most at that size."""
    judged = [one for one in tried if one.judged]
    if not aim.ratio:
        return min((one for one in judged if one.is_safe(aim.keep)), key=lambda one: one.size, default=None)
    small = [one for one in judged if aim.is_reached(original, one.size)]
    return max(small, key=lambda one: one.worst.lower, default=None)


def _of_size(aim: Aim, original: int, method: Method, maker: Maker) -> list[Tried]:
    """The points of one method that were made on the way to the size, the one that has it judged."""
    sizes = Sizes(original / aim.ratio, lambda factor: maker.guess(method, factor), lambda one: maker.size(method, one))
    factor = _first_small(method, sizes) if method.factors else factor_of_size(sizes)
    judged = [] if factor is None else [maker.judge(method, factor)]
    others = [Tried(one, size, (), method.name) for one, size in sizes.known.items() if one != factor]
    return others + judged


def _first_small(method: Method, sizes: Sizes) -> float | None:
    """The finest of the listed factors that is small enough; what the guess calls far too large is not made."""
    for factor in method.factors:
        is_last = factor == method.factors[-1]
        if (is_last or sizes.is_near(factor)) and sizes.size(factor) <= sizes.wanted:
            return factor
    return None


def _as_small(aim: Aim, method: Method, maker: Maker) -> list[Tried]:
    """The points of one method that were judged on the way to the coarsest that is safe."""
    tried: dict[float, Tried] = {}

    def is_safe(factor: float) -> bool:
        if factor not in tried:
            tried[factor] = maker.judge(method, factor)
        return tried[factor].is_safe(aim.keep)

    if method.factors:
        all(is_safe(factor) for factor in method.factors)
    else:
        _to_the_edge(lambda strides: is_safe(STRIDE**strides))
    return list(tried.values())


def _to_the_edge(is_safe: Callable[[int], bool]) -> None:
    """Ask from 0 on by strides that double until the answer turns, then halve what is between: few looks, each counts.

    The safest of many looks is lucky too: the fewer there are, the less so.
    """
    first = is_safe(0)
    last, turned = 0, None
    for at in _doubling(_COARSEST if first else _FINEST):
        if is_safe(at) != first:
            turned = at
            break
        last = at
    while turned is not None and abs(turned - last) > 1:
        middle = (last + turned) // 2
        if is_safe(middle) == first:
            last = middle
        else:
            turned = middle


def _doubling(end: int) -> Iterator[int]:
    """2, 6, 14 and so on up to the end, or down to it."""
    at, step = 0, 2 if end > 0 else -2
    while at != end:
        at = min(at + step, end) if end > 0 else max(at + step, end)
        step *= 2
        yield at
