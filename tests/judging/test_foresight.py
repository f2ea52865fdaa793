"""What a gate will say, held against gates that are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from deadweight.core.squeeze_report import Judged
from deadweight.judging.foresight import foreseen
from deadweight.judging.gate import standard
from deadweight.judging.task import Task

_RANDOM = np.random.default_rng(17)


def _share(rows: NDArray[np.float64], labels: object) -> float:
    return float(np.mean(np.asarray(rows) == np.asarray(labels)))


def _judged(count: int, lost: int) -> Judged:
    labels = [1.0] * count
    parts = {"gate": (labels, labels)}
    after = np.ones(count)
    after[:lost] = 0.0
    return standard(Task("share", parts, _share), "gate", np.ones(count)).judged(after)


@pytest.mark.parametrize("gate", [150, 600])
def test_the_gate_says_as_much_as_was_foreseen_nine_times_in_ten(gate: int) -> None:
    """Models that lose 1 to 4 % of the truth: development draws 200 examples, the gate others."""
    bounds = {lost: _judged(gate, lost).lower for lost in range(60)}
    words = {lost: _judged(200, lost) for lost in range(40)}
    kept = []
    for truth in _RANDOM.uniform(0.01, 0.04, 3000):
        development, seen = _RANDOM.binomial(200, truth), _RANDOM.binomial(gate, truth)
        kept.append(bounds[seen] >= foreseen([words[development]], {"share": gate}))
    assert 0.85 <= np.mean(kept) <= 0.99


def test_a_larger_gate_is_foreseen_to_say_more() -> None:
    word = _judged(200, 4)
    said = [foreseen([word], {"share": gate}) for gate in (50, 100, 200, 400, 800)]
    assert said == sorted(said)
    assert max(said) <= word.lower


def test_the_worst_task_is_what_is_foreseen() -> None:
    good, bad = _judged(200, 1), _judged(200, 9)
    assert foreseen([good, bad], {"share": 200}) == foreseen([bad], {"share": 200})


def test_where_nothing_is_lost_development_can_say_no_more() -> None:
    assert foreseen([_judged(60, 0)], {"share": 60}) == 1.0
    slightly = Judged("share", 0.9, 0.9, 0.95, 60)
    assert foreseen([slightly], {"share": 60}) == 0.95


def test_of_no_task_nothing_is_foreseen() -> None:
    assert foreseen([], {"share": 100}) == 0.0
