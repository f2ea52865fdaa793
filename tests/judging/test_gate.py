"""The gate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deadweight.core.errors import UsageError
from deadweight.judging.gate import judged
from deadweight.judging.task import Task, program_of


def _accuracy(rows: Any, labels: Sequence[Any]) -> float:  # noqa: ANN401
    return float(np.mean(rows == np.array(labels)))


def _task(count: int = 400) -> tuple[Task, Any]:
    labels = [at % 5 for at in range(count)]
    task = Task("five", {"gate": (labels, labels)}, _accuracy)
    return task, np.array(labels)


def test_the_same_answers_keep_all_of_it() -> None:
    task, right = _task()
    said = judged(task, "gate", right, right.copy())
    assert (said.ratio, said.lower) == (1.0, 1.0)
    assert said.passes(1.0)


def test_the_bound_is_below_the_ratio_and_nearer_with_more_examples() -> None:
    gaps = []
    for count in (100, 3000):
        task, right = _task(count)
        worse = right.copy()
        worse[::25] = 9
        said = judged(task, "gate", right, worse)
        assert said.ratio == pytest.approx(0.96, abs=0.001)
        assert said.lower < said.ratio
        gaps.append(said.ratio - said.lower)
    assert gaps[1] < gaps[0] / 3


def test_a_small_gate_does_not_pass_what_a_large_one_does() -> None:
    """4 % lost of 5 % that may be: 100 examples cannot tell, 3000 can."""
    for count, passes in ((100, False), (3000, True)):
        task, right = _task(count)
        worse = right.copy()
        worse[::25] = 9
        assert judged(task, "gate", right, worse).passes(0.95) is passes


def test_the_bound_holds_about_as_often_as_it_says() -> None:
    """Of many small draws of one truth (0.94 of what the original has) few bounds lie above the truth."""
    random = np.random.default_rng(11)
    above = 0
    for _ in range(60):
        task, right = _task(200)
        worse = np.where(random.random(200) < 0.94, right, 9)
        above += judged(task, "gate", right, worse, resamples=200).lower > 0.94
    assert above <= 9


def test_what_few_examples_did_not_show_is_not_taken_for_absent() -> None:
    """57 of 57 the same leaves room for one in twenty that is not."""
    labels = [at % 5 for at in range(57)]
    task = Task("five", {"gate": (labels, labels)}, lambda rows, known: _accuracy(np.rint(rows), known))
    right = np.array(labels, dtype=float)
    said = judged(task, "gate", right, right + 0.001)
    assert said.ratio == 1.0
    assert said.lower <= 1 - 3 / 57


def test_a_metric_that_is_not_above_zero_has_no_share() -> None:
    task, right = _task()
    with pytest.raises(UsageError, match="no share"):
        judged(task, "gate", right + 100, right)


def test_a_metric_that_fails_is_told() -> None:
    task = Task("broken", {"gate": ([1] * 40, [1] * 40)}, lambda rows, labels: 1 / 0)
    with pytest.raises(UsageError, match="metric failed"):
        judged(task, "gate", np.zeros(40), np.ones(40))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no build"),
        ("1/0", "ZeroDivisionError"),
        ("def build(w): ...\ndef predict(m, i): ...\ndef tasks(): return {}", "gave no task"),
        (
            "def build(w): ...\ndef predict(m, i): ...\ndef tasks(): return {'a': {'gate': ([1], [1]), 'metric': max}}",
            "30 at least",
        ),
        ("def build(w): ...\ndef predict(m, i): ...\ndef tasks(): return {'a': {}}", "no 'gate'; it has no 'metric'"),
    ],
)
def test_a_task_file_that_is_wrong_is_told_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "task.py"
    path.write_text(text)
    with pytest.raises(UsageError, match=says):
        program_of(path)
