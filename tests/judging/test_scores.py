"""Metrics that are means of scores are found out; the gate's bound holds for them as it says."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import UsageError
from deadweight.core.squeeze_report import Judged
from deadweight.judging.array import Array
from deadweight.judging.gate import check_enough, judged, standard
from deadweight.judging.scores import drawn, scores
from deadweight.judging.task import Program, Task


def _accuracy(rows: Any, labels: Any) -> float:  # noqa: ANN401
    return float(np.mean(np.asarray(rows) == np.asarray(labels)))


def _correlation(rows: Any, labels: Any) -> float:  # noqa: ANN401
    return float(np.corrcoef(np.asarray(rows, float), np.asarray(labels, float))[0, 1])


def _median(rows: Any, labels: Any) -> float:  # noqa: ANN401
    return float(np.median(np.abs(np.asarray(rows) - np.asarray(labels))))


def _first(rows: Any, labels: Any) -> float:  # noqa: ANN401
    return float(rows[0] - labels[0])


def _task(labels: Any, metric: Any, name: str = "one") -> Task:  # noqa: ANN401
    return Task(name, {"gate": (labels, labels)}, metric)


def test_a_mean_gives_the_score_of_each_example() -> None:
    rows, labels = np.array([1, 2, 3, 4] * 10), [1, 2, 0, 0] * 10
    found = scores(_accuracy, rows, labels)
    assert found is not None
    assert found.tolist() == [1, 1, 0, 0] * 10


@pytest.mark.parametrize("metric", [_correlation, _median, _first])
def test_what_is_no_mean_gives_none(metric: Any) -> None:  # noqa: ANN401
    random = np.random.default_rng(1)
    rows = random.normal(size=200)
    assert scores(metric, rows, (rows + random.normal(size=200)).tolist()) is None


def test_a_metric_that_one_example_breaks_gives_none() -> None:
    def needs_two(rows: Any, labels: Any) -> float:  # noqa: ANN401
        assert len(rows) > 1
        return _accuracy(rows, labels)

    assert scores(needs_two, np.arange(50), list(range(50))) is None


@given(st.lists(st.floats(-1e3, 1e3), min_size=30, max_size=60))
@settings(max_examples=30, derandomize=True, deadline=None)
def test_any_mean_is_found_out(values: list[float]) -> None:
    rows = np.array(values)
    found = scores(lambda some, labels: float(np.mean(some)), rows, values)
    assert found is not None
    assert np.allclose(found, rows)


def test_labels_are_drawn_in_the_kind_they_are_given() -> None:
    draw = np.array([2, 0])
    assert drawn(["a", "b", "c"], draw) == ["c", "a"]
    assert isinstance(drawn(np.arange(3), draw), np.ndarray)  # type: ignore[arg-type]  # any sequence


def _exact(lost: int, count: int) -> float:
    """The lower bound of Clopper and Pearson, 95 % sure: the share at which so few lost are 5 % likely."""
    low, high = 0.0, 1.0
    for _ in range(60):
        share = (low + high) / 2
        tail = sum(comb(count, k) * (1 - share) ** k * share ** (count - k) for k in range(lost + 1))
        low, high = (share, high) if tail < 0.05 else (low, share)
    return low


@pytest.mark.parametrize(("lost", "count"), [(1, 60), (2, 60), (5, 100), (12, 300), (40, 1000)])
def test_the_bound_of_agreement_is_that_of_clopper_and_pearson(lost: int, count: int) -> None:
    before = np.zeros(count, int)
    after = before.copy()
    after[:lost] = 1
    said = judged(_task(before, _accuracy), "gate", before, after, resamples=4000)
    assert said.lower == pytest.approx(_exact(lost, count), abs=0.25 / count + 0.002)


def test_a_model_at_the_limit_passes_seldom() -> None:
    """Truth 0.95, asked for 0.95, 60 to 200 examples: one in twenty may pass; the plain bootstrap lets four through."""
    random = np.random.default_rng(5)
    passed = 0
    for trial in range(200):
        count = (60, 100, 200)[trial % 3]
        before = np.zeros(count, int)
        after = (random.random(count) < 0.05).astype(int)
        passed += judged(_task(before, _accuracy), "gate", before, after, resamples=300).passes(0.95)
    assert passed <= 18


def test_a_metric_is_asked_as_often_as_there_are_examples_not_draws() -> None:
    asked: list[int] = []

    def metric(rows: Any, labels: Any) -> float:  # noqa: ANN401
        asked.append(len(rows))
        return _accuracy(rows, labels)

    labels = np.arange(500) % 7
    held = standard(_task(labels, metric), "gate", labels, resamples=2000)
    for seed in range(3):
        after = np.where(np.random.default_rng(seed).random(500) < 0.98, labels, 9)
        held.judged(after)
    assert len(asked) < 4 * 520


def test_the_original_is_asked_once_for_many_candidates() -> None:
    asked: list[float] = []

    def metric(rows: Any, labels: Any) -> float:  # noqa: ANN401
        asked.append(float(rows[0]))
        return _correlation(rows, labels)

    random = np.random.default_rng(2)
    labels = random.normal(size=80)
    held = standard(_task(labels, metric), "gate", labels + 0.1, resamples=50)
    candidates = [labels + random.normal(scale=0.1, size=80) for _ in range(4)]
    first = [held.judged(one) for one in candidates]
    assert len(held.drawn) == 50
    assert [held.judged(one) for one in candidates] == first
    assert first[0].lower < first[0].ratio


def test_answers_are_read_once_for_a_model() -> None:
    read: list[int] = []

    def answers(rows: Array) -> Array:
        read.append(len(rows))
        return np.asarray(rows[:, 0])

    random = np.random.default_rng(3)
    rows = random.normal(size=(100, 5))
    task = Task("one", {"gate": (rows.tolist(), rows[:, 0].tolist())}, _correlation, answers)
    said = judged(task, "gate", rows, rows + random.normal(scale=0.05, size=rows.shape), resamples=100)
    assert said.before == pytest.approx(1.0)
    assert len(read) <= 4


def test_answers_that_are_not_one_for_each_row_are_told() -> None:
    task = Task("one", {"gate": ([1] * 40, [1] * 40)}, _accuracy, lambda rows: rows[:3])
    with pytest.raises(UsageError, match="one answer for each row"):
        judged(task, "gate", np.ones(40), np.zeros(40))


def test_an_original_that_gives_nan_is_told_with_the_first() -> None:
    rows = np.ones((40, 2))
    rows[7, 1] = np.nan
    with pytest.raises(UsageError, match="NaN or infinity for 1 of 40 inputs of gate") as caught:
        judged(_task(rows, _accuracy), "gate", rows, rows)
    assert "number 8" in caught.value.advice


def test_a_candidate_that_gives_nan_keeps_nothing() -> None:
    """It is a model to refuse, not a task to blame: the metric is not asked."""
    rows = np.ones(40)
    after = rows.copy()
    after[3] = np.inf
    assert judged(_task(rows, _accuracy), "gate", rows, after) == Judged("one", 1.0, 0.0, 0.0, 40)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.5, 0.0])
def test_a_metric_that_is_no_number_above_zero_is_told(value: float) -> None:
    with pytest.raises(UsageError, match="metric is"):
        judged(_task([1] * 40, lambda rows, labels: value), "gate", np.ones(40), np.zeros(40))


def test_a_metric_that_gets_worse_than_nothing_keeps_less_than_nothing() -> None:
    random = np.random.default_rng(4)
    labels = random.normal(size=100)
    said = judged(_task(labels, _correlation), "gate", labels, -labels + random.normal(scale=0.1, size=100))
    assert said.after < 0
    assert said.lower < 0


def _program(*gates: Sequence[int]) -> Program:
    tasks = tuple(_task(gate, _accuracy, f"task {at}") for at, gate in enumerate(gates))
    return Program(lambda weights: None, lambda model, inputs: None, (), tasks)


@pytest.mark.parametrize(("keep", "least"), [(0.95, 60), (0.9, 30), (0.99, 300), (0.5, 6)])
def test_a_gate_too_small_for_the_share_is_told_before_the_search(keep: float, least: int) -> None:
    check_enough(_program(range(least)), keep)
    with pytest.raises(UsageError, match=f"'task 1' has {least - 1} examples") as caught:
        check_enough(_program(range(least), range(least - 1)), keep)
    assert f"It takes {least}" in caught.value.advice


def test_all_of_it_is_kept_only_by_the_same_answers_whatever_the_number() -> None:
    check_enough(_program(range(30)), 1.0)
