"""Gradual pruning: the share that is zero grows fast, then slowly, to what was asked for, and some steps are left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from safetensors.numpy import save_file

from builders.command import names
from deadweight.cli.program import run
from deadweight.core.steps import Pruned, Recovered, Zeroed
from deadweight.judging.array import Array
from deadweight.reports.models import pruning
from deadweight.squeezing.steps.pruning import Cut, Scope
from deadweight.squeezing.steps.thinning import ROUNDS, Thinning


def shares(thinning: Thinning) -> list[float]:
    found = (thinning.share(step) for step in range(thinning.steps))
    return [one for one in found if one is not None]


@settings(max_examples=100, derandomize=True, deadline=None)
@given(amount=some.floats(0.01, 0.99), steps=some.integers(1, 500))
def test_the_share_never_falls_rises_less_each_time_and_ends_with_what_was_asked_for(amount: float, steps: int) -> None:
    thinning = Thinning(Cut(amount), (), steps)
    found = shares(thinning)
    rises = np.diff([0.0, *found])
    assert found[-1] == pytest.approx(amount)
    assert (rises > 0).all()
    assert (np.diff(rises) <= 1e-12).all()
    assert thinning.share(0) == found[0]
    assert len(found) == len(thinning.turns()) <= ROUNDS


@settings(max_examples=50, derandomize=True, deadline=None)
@given(steps=some.integers(8, 500))
def test_the_last_quarter_of_the_steps_is_for_recovering(steps: int) -> None:
    turns = Thinning(Cut(0.5), (), steps).turns()
    assert turns[-1] <= 0.75 * steps
    assert list(turns) == sorted(set(turns))


def test_the_shares_are_those_of_the_cubic() -> None:
    found = shares(Thinning(Cut(0.5), (), 100))
    assert found[:2] == pytest.approx([0.5 * (1 - 0.9**3), 0.5 * (1 - 0.8**3)])
    assert found[4] == pytest.approx(0.5 * (1 - 0.5**3))


def layers() -> dict[str, Array]:
    random = np.random.default_rng(2)
    small, large = random.normal(size=(30, 20)), 10 * random.normal(size=(20, 40))
    return {"a": small.astype(np.float32), "b": large.astype(np.float32), "bias": np.zeros(9, np.float32)}


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_smallest_of_each_layer_are_exactly_as_many(share: float) -> None:
    tensors = layers()
    for name, goes in Thinning(Cut(0.5), ("a", "b"), 10).smallest(tensors, share):
        values = np.abs(tensors[name])
        assert goes.shape == values.shape
        assert int(goes.sum()) == round(share * values.size)
        assert values[goes].max(initial=0) <= values[~goes].min(initial=99)


def test_the_smallest_of_all_come_from_where_weights_are_small() -> None:
    found = dict(Thinning(Cut(0.5, Scope.GLOBAL), ("a", "b"), 10).smallest(layers(), 0.4))
    assert sum(int(goes.sum()) for goes in found.values()) == round(0.4 * 1400)
    assert found["a"].mean() > 0.7 > 0.2 > found["b"].mean()


def test_what_is_zero_already_goes_first_so_that_zeros_stay() -> None:
    tensors = layers()
    first = dict(Thinning(Cut(0.5), ("a",), 10).smallest(tensors, 0.2))["a"]
    tensors["a"][first] = 0
    assert dict(Thinning(Cut(0.5), ("a",), 10).smallest(tensors, 0.5))["a"][first].all()


def test_steps_without_a_task_are_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_file({"w": np.ones((80, 80), np.float32)}, tmp_path / "a.safetensors")
    words = ["model", "prune", str(tmp_path / "a.safetensors"), "-o", str(tmp_path / "b.safetensors")]
    assert run([*words, "--amount", "0.5", "--steps", "10"]) == 2
    assert "takes a task" in capsys.readouterr().err
    assert names(tmp_path) == ["a.safetensors"]


def test_the_report_tells_rounds_steps_and_how_far_it_was_from_the_original() -> None:
    tensors = (Zeroed("w", 100, 0, 50),)
    done = Pruned("a", "b", 0.5, "layer", 9, 9, 8, 5, tensors, recovered=Recovered(100, 10, 0.25, 0.01, 3.0))
    said = pruning.text(done, colour=False)
    assert "in 10 rounds, 100 steps of training" in said
    assert "0.25 at most, 0.01 at the end" in said
