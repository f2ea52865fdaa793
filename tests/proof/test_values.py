from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from deadweight.proof.values import Leniency, difference

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ({"vectors": [[0, 0, 0, 0.12]]}, {"vectors": [[0, 0, 0, 0.13]]}, "$.vectors[0][3]: 0.12 became 0.13"),
        ({"a": 1}, {}, "$.a is gone"),
        ({}, {"a": [1]}, "$.a is new: [1]"),
        ([1, 2], [1], "$: 2 items became 1"),
        ([1], [1, 2], "$: 1 items became 2"),
        ({"a": True}, {"a": 1}, "$.a: true became 1"),
        ({"a": None}, {"a": 0}, "$.a: null became 0"),
        ({"a": "1"}, {"a": 1}, '$.a: "1" became 1'),
        ([], {}, "$: [] became {}"),
        ({"a": 1, "b": 2}, {"a": 2, "b": 3}, "$.a: 1 became 2"),
    ],
)
def test_the_first_difference_is_said_with_its_place(one: object, other: object, words: str) -> None:
    assert difference(one, other) == words


def test_a_long_value_is_cut_in_the_message() -> None:
    assert len(difference("x" * 10_000, "y" * 10_000)) < 200


def test_whole_numbers_and_floats_of_one_value_are_the_same() -> None:
    assert difference([1, 2.0], [1.0, 2]) == ""


def test_tolerance_is_relative_and_bounds_included() -> None:
    lenient = Leniency(tolerance=1e-3)
    assert difference([1000.0, -5.0, 0], [1000.9, -5.004, 0], lenient) == ""
    assert difference(1000.0, 1002.0, lenient) == "$: 1000.0 became 1002.0"
    assert difference(0, 1e-12, lenient) != ""


def test_infinity_is_near_nothing_but_itself() -> None:
    lenient = Leniency(tolerance=0.5)
    assert difference(float("inf"), float("inf"), lenient) == ""
    assert difference(float("inf"), 1.0, lenient) != ""
    assert difference(float("nan"), 1.0, lenient) != ""


@pytest.mark.parametrize(
    ("ignore", "counts"),
    [("id", False), ("$.id", False), ("*", False), ("items.*.id", True), ("id.x", True), ("", True)],
)
def test_an_ignored_path_is_exact(ignore: str, counts: bool) -> None:
    assert bool(difference({"id": 1}, {"id": 2}, Leniency.of(0, [ignore]))) is counts


def test_an_ignored_path_goes_through_lists_and_covers_what_is_gone_or_new() -> None:
    lenient = Leniency.of(0, ["items.*.id", "items.1.at"])
    one = {"items": [{"id": 1, "x": 0}, {"id": 2, "at": 5}]}
    other = {"items": [{"x": 0}, {"id": {"new": 3}, "at": 6}]}
    assert difference(one, other, lenient) == ""


@settings(max_examples=150, deadline=None, derandomize=True)
@given(JSON)
def test_a_value_is_the_same_as_itself_read_again(value: object) -> None:
    assert difference(value, json.loads(json.dumps(value))) == ""


@settings(max_examples=150, deadline=None, derandomize=True)
@given(JSON, JSON)
def test_a_difference_is_seen_from_both_sides(one: object, other: object) -> None:
    assert bool(difference(one, other)) == bool(difference(other, one))
