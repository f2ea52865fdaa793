"""Intervals of medians over repeats: starts of a process, and rounds within each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from deadweight.core.comparison import Measure

RESAMPLES = 1000
_SEED = 20260102
_INSIDE = (0.025, 0.975)

Rounds = NDArray[np.float64]


def median(starts: Sequence[Rounds]) -> Measure:
    """The median of all rounds, 95 % sure: starts are drawn with replacement, then rounds within each.

    Rounds of one process are more alike than those of two (its memory lies elsewhere): without drawing starts, the
    same file is told to be faster than itself.
    """
    random = np.random.default_rng(_SEED)
    drawn = [float(np.median(np.concatenate(_drawn(starts, random)))) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, _INSIDE)
    return Measure(float(np.median(np.concatenate(starts))), float(low), float(high))


def _drawn(starts: Sequence[Rounds], random: np.random.Generator) -> list[Rounds]:
    chosen = (starts[at] for at in random.integers(0, len(starts), len(starts)))
    return [one[random.integers(0, len(one), len(one))] for one in chosen]


def spread(values: Sequence[float]) -> Measure:
    """The median of few values, from the least to the most."""
    return Measure(float(np.median(values)), float(min(values)), float(max(values)))
