"""What the original answers is asked once, and candidates are held against it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from deadweight.core.errors import UsageError
from deadweight.judging.task import Program, Task
from deadweight.squeezing.standards import Standards

_INPUTS = tuple(range(100))
_ORIGINAL = {"scale": np.ones(1)}


class _Asked:
    """A program whose models multiply, and who was asked how often."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def predict(self, model: Any, inputs: Sequence[Any]) -> Any:  # noqa: ANN401
        self.asked.append(float(model["scale"][0]))
        return np.array([model["scale"][0] * one for one in inputs])

    def standards(self) -> Standards:
        part = (_INPUTS, _INPUTS)
        tasks = (
            Task("both", {"development": part, "gate": part}, self.right),
            Task("gate alone", {"gate": (_INPUTS[:40], _INPUTS[:40])}, self.right),
        )
        return Standards(Program(lambda weights: weights, self.predict, (), tasks), _ORIGINAL)

    @staticmethod
    def right(rows: Any, labels: Sequence[Any]) -> float:  # noqa: ANN401
        return float(np.mean(np.asarray(rows) == np.asarray(labels)))


def test_the_original_is_asked_each_part_once_for_any_number_of_candidates() -> None:
    program = _Asked()
    standards = program.standards()
    for scale in (1.0, 2.0, 3.0):
        standards.judged({"scale": np.array([scale])}, "development")
    assert program.asked.count(1.0) == 2
    assert program.asked[0] == 1.0
    assert len(program.asked) == 4


def test_a_candidate_is_judged_by_the_tasks_that_have_the_part() -> None:
    standards = _Asked().standards()
    same = standards.judged(_ORIGINAL, "gate")
    other = standards.judged({"scale": np.array([2.0])}, "gate")
    assert [one.task for one in same] == ["both", "gate alone"]
    assert [one.after for one in same] == [1.0, 1.0]
    assert all(one.lower > 0.9 for one in same)
    assert all(one.lower < 0.1 for one in other)
    assert [one.task for one in standards.judged(_ORIGINAL, "development")] == ["both"]


def test_examples_are_counted_by_task_and_part() -> None:
    standards = _Asked().standards()
    assert standards.examples("development") == {"both": 100}
    assert standards.examples("gate") == {"both": 100, "gate alone": 40}


def test_an_original_that_is_never_right_is_no_measure() -> None:
    program = _Asked()
    wrong = Task("wrong", {"gate": (_INPUTS, [-1] * 100)}, program.right)
    standards = Standards(Program(lambda weights: weights, program.predict, (), (wrong,)), _ORIGINAL)
    with pytest.raises(UsageError, match="wrong"):
        standards.judged(_ORIGINAL, "gate")
