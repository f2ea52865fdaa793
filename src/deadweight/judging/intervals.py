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
    low, high = np.quantile(np.median(_drawn(starts), axis=1), _INSIDE)
    return Measure(float(np.median(np.concatenate(starts))), float(low), float(high))


def _drawn(starts: Sequence[Rounds]) -> Rounds:
    """What each draw holds, (resamples, rounds); of a start with few rounds as many are drawn as of the others."""
    random = np.random.default_rng(_SEED)
    counts = np.array([len(one) for one in starts])
    padded = np.stack([np.pad(one, (0, counts.max() - len(one))) for one in starts])
    chosen = random.integers(0, len(starts), (RESAMPLES, len(starts), 1))
    places = (random.random((RESAMPLES, len(starts), counts.max())) * counts[chosen]).astype(np.int64)
    return np.asarray(padded[chosen, places].reshape(RESAMPLES, -1))


def spread(values: Sequence[float]) -> Measure:
    """The median of few values, from the least to the most."""
    return Measure(float(np.median(values)), float(min(values)), float(max(values)))
