"""Answers of a model that was squeezed: vectors are compared as vectors, numbers as numbers, all else exactly."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from deadweight.core.probe import Observation, Probe, ProbeKind
from deadweight.proof.comparison import unlike
from deadweight.proof.values import Leniency, difference

NEAR = Leniency.of(0, (), 0.05)
NUMBERS = some.lists(some.floats(-1e3, 1e3, allow_nan=False), min_size=1, max_size=8)


def test_a_number_near_zero_in_a_vector_may_change_its_sign() -> None:
    assert difference({"v": [1.0, 0.001]}, {"v": [1.0, -0.001]}, NEAR) == ""
    assert difference({"v": [1.0, 0.001]}, {"v": [1.0, -0.001]}, Leniency.of(0.05, ())) != ""


def test_a_vector_that_moved_further_is_told_with_how_far() -> None:
    told = difference({"v": [[3.0, 4.0]]}, {"v": [[3.0, 5.0]]}, NEAR)
    assert told == "$.v[0]: 2 numbers moved by 0.2 of their length"


def test_single_numbers_are_held_to_the_same_share() -> None:
    assert difference({"s": 0.80}, {"s": 0.83}, NEAR) == ""
    assert difference({"s": 0.80}, {"s": 0.86}, NEAR) == "$.s: 0.8 became 0.86"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1.0, 2.0], [1.0, 2.0, 0.0]),
        ([1.0, 2.0], [1.0, "2"]),
        ([1.0, 2.0], [1.0, True]),
        ([0.0, 0.0], [0.0, 0.001]),
        ([1.0, math.inf], [1.0, 2.0]),
        ([1.0, 2.0], [1.0, math.nan]),
        ([10**400, 1], [10**400, 2]),
        ([], [1]),
    ],
)
def test_what_is_no_vector_near_the_other_differs(one: list[object], other: list[object]) -> None:
    assert difference(one, other, NEAR)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(NUMBERS, NUMBERS, some.floats(0.001, 2))
def test_it_agrees_with_numpy_on_how_far_is_too_far(one: list[float], other: list[float], share: float) -> None:
    if len(one) != len(other) or one == other:
        return
    far, long = np.linalg.norm(np.subtract(other, one)), np.linalg.norm(one)
    if abs(far - share * long) > 1e-9 * long:
        assert (difference(one, other, Leniency.of(0, (), share)) == "") is bool(far <= share * long)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(NUMBERS)
def test_without_closeness_nothing_is_near(one: list[float]) -> None:
    other = [*one[:-1], one[-1] + 1]
    assert difference(one, other)


def test_bodies_that_are_no_json_stay_exact() -> None:
    probe = Probe("p", ProbeKind.REQUEST, closeness=0.5)
    one, other = (Observation("p", 200, text, f"sha256:{text}") for text in ("1.0 2.0", "1.0 2.1"))
    assert unlike(probe, one, other)
    near, far = (Observation("p", 200, json.dumps([1.0, value]), f"sha256:{value}") for value in (2.0, 2.1))
    assert not unlike(probe, near, far)
