"""Intervals of medians, and what may be claimed from them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from deadweight.core.comparison import Calls, Contrast, Measure
from deadweight.judging.intervals import median, spread


def _starts(middle: float, noise: float, between: float, seed: int, starts: int = 3) -> list[NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    return [middle + random.normal(scale=between) + random.normal(scale=noise, size=15) for _ in range(starts)]


def test_the_value_is_the_median_of_all_rounds_and_lies_within() -> None:
    starts = _starts(5.0, 0.1, 0.02, 1)
    found = median(starts)
    assert found.value == np.median(np.concatenate(starts))
    assert found.low <= found.value <= found.high


def test_more_rounds_make_it_narrower() -> None:
    random = np.random.default_rng(2)
    few, many = ([random.normal(size=count) for _ in range(3)] for count in (8, 800))
    assert median(many).high - median(many).low < (median(few).high - median(few).low) / 3


def test_starts_that_differ_make_it_wider_than_their_rounds_do() -> None:
    alike, apart = median(_starts(1.0, 0.01, 0.0, 3)), median(_starts(1.0, 0.01, 0.2, 3))
    assert apart.high - apart.low > 5 * (alike.high - alike.low)


def test_the_same_model_is_seldom_said_to_be_faster_than_itself() -> None:
    """Ratios around 1 that differ from start to start by more than from round to round."""
    claims = 0
    for seed in range(60):
        ratio = median(_starts(1.0, 0.02, 0.03, seed))
        claims += Contrast(1, ratio, ratio).verdict == "faster"
    assert claims <= 12


def test_one_stray_round_does_not_move_it() -> None:
    starts = _starts(1.0, 0.01, 0.0, 4)
    starts[0][3] = 50.0
    assert median(starts).high < 1.1


def test_few_values_are_spread_from_least_to_most() -> None:
    assert spread([3.0, 1.0, 2.0]) == Measure(2.0, 1.0, 3.0)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(1.01, 2.0, "faster"), (0.99, 2.0, "not faster"), (0.5, 0.99, "slower"), (1.0, 1.5, "not faster")],
)
def test_faster_is_said_only_where_the_whole_interval_says_so(low: float, high: float, verdict: str) -> None:
    assert Contrast(1, Measure(1.3, low, high), Measure(9.0, 8.0, 10.0)).verdict == verdict


def test_the_rate_is_inputs_by_wall_time() -> None:
    once = Measure(0.5, 0.4, 0.6)
    assert Calls(16, once, once).rate == 32.0
    assert Calls(16, Measure(0.0, 0.0, 0.0), once).rate == 0.0
