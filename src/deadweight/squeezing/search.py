"""The search for the smallest model that keeps what is asked for: coarser and coarser, judged by development data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from deadweight.core.squeeze_report import Tried
from deadweight.squeezing.method import Method

STRIDE = 2**0.25
"""By how much coarser the steps become at once: about a twelfth of the bytes."""
MOST = 10
FINEST, COARSEST = 0.05, 8.0


@dataclass(frozen=True, slots=True)
class Aim:
    """What is wanted: the share to keep on every task, and how many times smaller; 0 for as small as passes.

    `is_whole` has every method searched; else the first that gives what is wanted is the last.
    """

    keep: float
    ratio: float = 0.0
    is_whole: bool = False


Attempt = Callable[[Method, float], Tried]


def search(aim: Aim, original: int, methods: Sequence[Method], attempt: Attempt) -> tuple[Tried, ...]:
    """Every point that was tried, by bytes, most first. `attempt` gives the point of a factor; it is asked few times.

    With a ratio it goes coarser until the file is that much smaller, and finer as long as it still is.
    """
    tried: list[Tried] = []
    for method in methods:
        tried += _line(aim, original, method, attempt)
        if not aim.is_whole and best(aim, original, tuple(tried)) is not None:
            break
    return tuple(sorted(tried, key=lambda one: -one.size))


def best(aim: Aim, original: int, tried: tuple[Tried, ...]) -> Tried | None:
    """The point to take to the gate: the smallest that passes; of a ratio, the one that keeps most at that size.

    Of the points of one method that are small enough for a ratio, the largest stands for it: less is rounded off.
    """
    if not aim.ratio:
        return min((one for one in tried if one.passes(aim.keep)), key=lambda one: one.size, default=None)
    largest: dict[str, Tried] = {}
    for one in sorted(tried, key=lambda one: one.size):
        if original >= aim.ratio * one.size:
            largest[one.method] = one
    return max(largest.values(), key=lambda one: one.worst.lower, default=None)


def _line(aim: Aim, original: int, method: Method, attempt: Attempt) -> list[Tried]:
    """The points of one method."""
    tried: dict[float, Tried] = {}

    def is_coarse(factor: float) -> bool:
        point = tried[factor]
        return original >= aim.ratio * point.size if aim.ratio else not point.passes(aim.keep)

    for factor in _listed(method, is_coarse) if method.factors else _factors(tried, is_coarse):
        tried[factor] = attempt(method, factor)
    return list(tried.values())


def _listed(method: Method, is_coarse: Callable[[float], bool]) -> Iterator[float]:
    """All the factors there are, up to the first that is too coarse."""
    for factor in method.factors:
        yield factor
        if is_coarse(factor):
            return


def _factors(tried: dict[float, Tried], is_coarse: Callable[[float], bool]) -> Iterator[float]:
    """The factors to try, in turn: from 1 on, in the direction that the first point says, until it turns."""
    factor = 1.0
    yield factor
    began_coarse = is_coarse(factor)
    step = 1 / STRIDE if began_coarse else STRIDE
    while len(tried) < MOST and FINEST < factor < COARSEST and is_coarse(factor) == began_coarse:
        factor *= step
        yield factor
    between = factor / step**0.5
    if len(tried) > 1 and len(tried) < MOST and is_coarse(factor) != began_coarse:
        yield between
