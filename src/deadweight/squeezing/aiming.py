"""How coarse a model is to be so that its file has a size: by guesses that a few made models put right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

FINEST, COARSEST = 0.05, 8.0
TOLERANCE = 0.01
"""The share of the bytes that a file may be smaller than it was asked to be."""
MOST = 4
"""Models that are made for a size, at most."""
_GUESSES = 10
_CLOSE = 0.003
_DOUBT = 1.15
"""How far off a guess may be."""


def _nothing_made(factor: float) -> int:
    raise ValueError(f"nothing is made at {factor}: there are guesses alone")


@dataclass(slots=True)
class Sizes:
    """The bytes that are wanted, and what a factor is guessed and known to take; each is asked for once."""

    wanted: float
    guess_of: Callable[[float], float]
    size_of: Callable[[float], int] = _nothing_made
    guesses: dict[float, float] = field(default_factory=dict)
    known: dict[float, int] = field(default_factory=dict)

    def guess(self, factor: float) -> float:
        """About the bytes at that factor."""
        if factor not in self.guesses:
            self.guesses[factor] = self.guess_of(factor)
        return self.guesses[factor]

    def size(self, factor: float) -> int:
        """The bytes at that factor."""
        if factor not in self.known:
            self.known[factor] = self.size_of(factor)
        return self.known[factor]

    def is_near(self, factor: float) -> bool:
        """Whether the file may be small enough, as far as can be guessed."""
        return self.guess(factor) <= self.wanted * _DOUBT

    @property
    def largest(self) -> float | None:
        """The factor of the largest of the known that are small enough."""
        small = {size: factor for factor, size in self.known.items() if size <= self.wanted}
        return small[max(small)] if small else None

    def guessed(self, goal: float) -> float:
        """The factor whose guess is the goal or a little less, between the nearest guesses that there are."""
        if self.guess(FINEST) <= goal:
            return FINEST
        if self.guess(COARSEST) > goal:
            return COARSEST
        for number in range(_GUESSES):
            fine = max(one for one, size in self.guesses.items() if size > goal)
            coarse = min(one for one, size in self.guesses.items() if size <= goal and one > fine)
            if self.guesses[coarse] >= (1 - _CLOSE) * goal:
                break
            self.guess(_between(self, fine, coarse, goal, is_half=number % 3 == 2))
        return coarse


def factor_of_size(sizes: Sizes) -> float | None:
    """The finest factor, about, whose file is as small as wanted; None where none of the made ones is."""
    goal = (1 - TOLERANCE / 2) * sizes.wanted
    off = 1.0
    for _ in range(MOST):
        factor = sizes.guessed(goal / off)
        if factor in sizes.known:
            break
        size = sizes.size(factor)
        if (1 - TOLERANCE) * sizes.wanted <= size <= sizes.wanted:
            break
        off = size / sizes.guess(factor)
    return sizes.largest


def _between(sizes: Sizes, fine: float, coarse: float, goal: float, *, is_half: bool) -> float:
    """The factor where bytes have the goal, as they fall with its logarithm from one to the other; or half way."""
    high, low = sizes.guesses[fine], sizes.guesses[coarse]
    part = 0.5 if is_half else min(max((high - goal * (1 - _CLOSE / 2)) / (high - low), 0.02), 0.98)
    return float(fine * (coarse / fine) ** part)
