"""The search for the smallest model that keeps what is asked for: coarser and coarser, judged by development data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deadweight.core.squeeze_report import Tried

STRIDE = 2**0.25
"""By how much coarser the steps become at once: about a twelfth of the bytes."""
MOST = 10
FINEST, COARSEST = 0.05, 8.0


@dataclass(frozen=True, slots=True)
class Aim:
    """What is wanted: the share to keep on every task, and how many times smaller; 0 for as small as passes."""

    keep: float
    ratio: float = 0.0


def search(aim: Aim, original: int, attempt: Callable[[float], Tried]) -> tuple[Tried, ...]:
    """Every point that was tried, by bytes, most first. `attempt` gives the point of a factor; it is asked few times.

    With a ratio it goes coarser until the file is that much smaller, and finer as long as it still is.
    """
    tried: dict[float, Tried] = {}
    for factor in _factors(aim, original, tried):
        tried[factor] = attempt(factor)
    return tuple(sorted(tried.values(), key=lambda one: -one.size))


def best(aim: Aim, original: int, tried: tuple[Tried, ...]) -> Tried | None:
    """The point to take to the gate: the smallest that passes; of a ratio, the largest that is small enough."""
    if aim.ratio:
        small = [one for one in tried if original >= aim.ratio * one.size]
        return max(small, key=lambda one: one.size, default=None)
    return min((one for one in tried if one.passes(aim.keep)), key=lambda one: one.size, default=None)


def _factors(aim: Aim, original: int, tried: dict[float, Tried]) -> Iterator[float]:
    """The factors to try, in turn: from 1 on, in the direction that the first point says, until it turns."""

    def is_coarse(factor: float) -> bool:
        point = tried[factor]
        return original >= aim.ratio * point.size if aim.ratio else not point.passes(aim.keep)

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
