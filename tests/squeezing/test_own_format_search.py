"""How coarse a model may be: as coarse as development data bear, then the gate's part once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders.judged_models import TASK, product
from deadweight.core.errors import UsageError
from deadweight.judging.task import Program, program_of
from deadweight.squeezing.steps.own_format_search import SHARES, verdict_of


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "a.safetensors"
    path.write_bytes(product())
    return path


def program(tmp_path: Path, strict: str) -> Program:
    path = tmp_path / "task.py"
    path.write_text(TASK % strict)
    return program_of(path)


@pytest.mark.parametrize("strict", ["20", "8", "4"])
def test_the_coarsest_share_that_development_data_bear_goes_to_the_gate(
    strict: str, model: Path, tmp_path: Path
) -> None:
    found = verdict_of(model, program(tmp_path, strict), 0.95)
    assert found.share in SHARES
    assert found.passed
    assert [one.examples for one in found.judged] == [100]


def test_stricter_tasks_get_finer_weights(model: Path, tmp_path: Path) -> None:
    shares = [verdict_of(model, program(tmp_path, strict), 0.95).share or 0.0 for strict in ("20", "8", "4")]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]


def test_a_task_that_nothing_is_near_enough_for_refuses_all(model: Path, tmp_path: Path) -> None:
    found = verdict_of(model, program(tmp_path, "0.00001"), 0.95)
    assert (found.share, found.passed) == (None, False)
    assert found.judged[0].after < 0.95


def test_the_gate_is_asked_of_the_original_and_of_one_candidate(model: Path, tmp_path: Path) -> None:
    """A gate that is looked at for each candidate is no gate."""
    whole = program(tmp_path, "8")
    (gate_inputs, _) = whole.tasks[0].parts["gate"]
    asked: list[int] = []

    def predict(weights: Any, inputs: Sequence[Any]) -> Any:  # noqa: ANN401  as the user's own
        asked.append(id(inputs))
        return whole.predict(weights, inputs)

    watched = Program(whole.build, predict, whole.calibration, whole.tasks)
    assert verdict_of(model, watched, 0.95).passed
    assert asked.count(id(gate_inputs)) == 2


def test_a_gate_that_refuses_what_development_bore_is_the_last_word(model: Path, tmp_path: Path) -> None:
    whole = program(tmp_path, "8")
    (task,) = whole.tasks
    inputs, labels = task.parts["gate"]
    wrong = [label + 100 if at % 2 else label for at, label in enumerate(labels)]
    wild = type(task)(task.name, {**task.parts, "gate": (inputs, wrong)}, _unlike_development(task.metric))
    found = verdict_of(model, Program(whole.build, whole.predict, whole.calibration, (wild,)), 0.95)
    assert found.share is not None
    assert not found.passed


def _unlike_development(metric: Any) -> Any:  # noqa: ANN401  as above
    """Near where labels are those of development; on the gate only exact answers count."""

    def judged(rows: Any, labels: Sequence[Any]) -> float:  # noqa: ANN401
        far = np.abs(rows - np.stack(labels)).max(axis=1)
        if bool((far > 50).any()):
            return float(np.mean((far < 0.001) | (far > 99.99) & (far < 100.001)))
        return float(metric(rows, labels))

    return judged


def test_too_little_data_for_the_gate_is_said_before_anything_is_asked(model: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too few"):
        verdict_of(model, program(tmp_path, "8"), 0.99)
