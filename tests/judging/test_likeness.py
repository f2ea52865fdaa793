"""How near answers are, and which measure suits them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from deadweight.core.errors import UsageError
from deadweight.judging.array import Array
from deadweight.judging.labelled import accuracy, correlation, metric_of
from deadweight.judging.likeness import KNOWN, likeness_of, scale_of


def _rows(*shape: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("name", KNOWN)
@given(st.integers(0, 1000), st.sampled_from([(3,), (8,), (4, 5)]))
@settings(max_examples=15, derandomize=True, deadline=None)
def test_every_measure_is_1_for_the_same_and_never_outside(name: str, seed: int, shape: tuple[int, ...]) -> None:
    first, second = _rows(20, *shape, seed=seed), _rows(20, *shape, seed=seed + 1)
    score = KNOWN[name]
    assert score(first, first, scale_of(first)).tolist() == [1.0] * 20
    found = score(first, second, scale_of(first))
    assert found.shape == (20,)
    assert found.min() >= 0
    assert found.max() <= 1


def test_cosine_is_that_of_the_definition_and_does_not_see_length() -> None:
    first, second = np.array([[1.0, 0.0], [3.0, 4.0]]), np.array([[1.0, 1.0], [6.0, 8.0]])
    assert KNOWN["cosine"](first, second, 1.0) == pytest.approx([np.sqrt(0.5), 1.0])
    assert KNOWN["cosine"](first, -first, 1.0).tolist() == [0.0, 0.0]
    assert KNOWN["cosine"](np.zeros((1, 2)), np.ones((1, 2)), 1.0).tolist() == [0.0]


def test_closeness_counts_in_units_of_the_scale() -> None:
    first = np.array([[3.0], [4.0]])
    assert scale_of(first) == pytest.approx(np.sqrt(12.5))
    assert KNOWN["closeness"](first, first + 1, 4.0).tolist() == [0.75, 0.75]
    assert KNOWN["closeness"](first, first + 9, 4.0).tolist() == [0.0, 0.0]


def test_labels_agree_or_do_not() -> None:
    assert KNOWN["agreement"](np.array(["a", "b"]), np.array(["a", "c"]), 1.0).tolist() == [1.0, 0.0]
    assert scale_of(np.array(["a"])) == 1.0


@pytest.mark.parametrize(
    ("rows", "name", "why"),
    [
        (np.array([1, 2, 3]), "agreement", "labels"),
        (np.array(["cat", "dog"]), "agreement", "labels"),
        (np.array([[0.2, 0.8], [0.5, 0.5]]), "agreement", "probabilities of 2 classes"),
        (_rows(9, 1), "closeness", "single numbers"),
        (_rows(9), "closeness", "single numbers"),
        (_rows(9, 4, 3), "closeness", "the shape 4x3"),
        (_rows(9, 384), "cosine", "384 wide"),
        (_rows(9, 10), "agreement", "scores of 10 classes"),
        (_rows(9, 10) / np.linalg.norm(_rows(9, 10), axis=1, keepdims=True), "cosine", "length 1"),
    ],
)
def test_the_measure_suits_the_shape_and_says_why(rows: Array, name: str, why: str) -> None:
    found = likeness_of(rows)
    assert found.name == name
    assert why in found.why


@pytest.mark.parametrize(
    ("rows", "labels", "name"),
    [
        (_rows(20, 3), list(range(20)), "accuracy"),
        (np.arange(20), list(range(20)), "accuracy"),
        (_rows(20), [0, 1] * 10, "accuracy"),
        (_rows(20, 1), list(range(20)), "correlation"),
        (_rows(20), _rows(20).tolist(), "correlation"),
    ],
)
def test_the_metric_suits_labels_and_answers(rows: Array, labels: list[float], name: str) -> None:
    assert metric_of(rows, labels).name == name


def test_labels_that_suit_no_answer_are_told() -> None:
    with pytest.raises(UsageError, match="do not go with answers of 3 wide"):
        metric_of(_rows(20, 3), ["cat"] * 20)


def test_accuracy_reads_places_labels_and_sides() -> None:
    assert accuracy(np.array([[0, 1], [1, 0]]), [1, 1]) == 0.5
    assert accuracy(np.array([3, 4]), [3, 4]) == 1.0
    assert accuracy(np.array([0.2, 0.9]), [0, 1]) == 1.0
    assert accuracy(np.array([-3.0, 0.4]), [0, 1]) == 1.0


def test_correlation_is_that_of_numpy() -> None:
    rows, labels = _rows(30, 1), _rows(30, seed=4)
    assert correlation(rows, labels.tolist()) == pytest.approx(np.corrcoef(rows[:, 0], labels)[0, 1])
