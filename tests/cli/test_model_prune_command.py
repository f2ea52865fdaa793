"""`deadweight model prune`: what it says, its JSON, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from builders.command import deadweight, names, state

DOCS = Path(__file__).parents[2] / "docs"
TASK = """
import numpy as np

random = np.random.default_rng(5)
INPUTS = random.normal(size=(400, 64)).astype(np.float32)
LABELS = (INPUTS @ np.random.default_rng(1).normal(size=(80, 64)).astype(np.float32).T).argmax(1).tolist()

def build(weights):
    return weights["w"]

def predict(model, inputs):
    return np.stack(inputs) @ model.T

def right(rows, labels):
    return float((rows.argmax(1) == np.array(labels)).mean())

def tasks():
    return {"eighty": {"development": (INPUTS[:200], LABELS[:200]), "gate": Untouched(), "metric": right}}

class Untouched(tuple):
    def __new__(cls):
        return super().__new__(cls, (INPUTS[200:], LABELS[200:]))
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_file({"w": np.random.default_rng(1).normal(size=(80, 64)).astype(np.float32)}, path)
    return path


def test_the_report_says_what_went_and_that_it_only_pays_when_it_is_packed(model: Path, tmp_path: Path) -> None:
    before = state(model)
    done = deadweight("model", "prune", model, "-o", tmp_path / "out.safetensors", "--amount", "0.25")
    assert done.status == 0, done.error
    assert "The smallest 25% of each tensor: 1,280 of 5,120 weights are zero, 0 were" in done.output
    assert "zeros take the room of other numbers" in done.output
    assert "under zstd" in done.output
    assert state(model) == before


def test_the_json_is_of_its_schema_and_measured(model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.safetensors"
    told = json.loads(deadweight("model", "prune", model, "-o", out, "--amount", "0.5", "--json").output)
    jsonschema.validate(told, json.loads((DOCS / "model-prune.schema.json").read_text("utf-8")))
    assert told["after"] == out.stat().st_size == told["before"]
    assert told["packed_after"] < 0.8 * told["packed_before"]
    assert told["tensors"] == [{"name": "w", "elements": 5120, "before": 0, "after": 2560}]
    assert int((load_file(out)["w"] == 0).sum()) == 2560


def test_a_task_says_what_its_development_data_lose(model: Path, tmp_path: Path) -> None:
    (tmp_path / "task.py").write_text(TASK)
    words = ("--amount", "0.3", "--task", tmp_path / "task.py", "--json")
    told = json.loads(deadweight("model", "prune", model, "-o", tmp_path / "out.safetensors", *words).output)
    (one,) = told["judged"]
    assert (one["task"], one["before"], one["examples"]) == ("eighty", 1.0, 200)
    assert 0.5 < one["after"] < 1.0


@pytest.mark.parametrize(("option", "value"), [("--lr", "1e-4"), ("--batch", "8"), ("--seed", "0")])
def test_what_is_of_training_is_a_mistake_where_nothing_is_trained(
    model: Path, tmp_path: Path, option: str, value: str
) -> None:
    done = deadweight("model", "prune", model, "-o", tmp_path / "b.safetensors", "--amount", "0.3", option, value)
    assert done.status == 2
    assert f"{option} goes with --steps" in done.error
    assert names(tmp_path) == ["model.safetensors"]


@pytest.mark.parametrize("amount", ["0", "1", "30", "-0.1", "many"])
def test_an_amount_that_is_no_share_is_a_mistake(model: Path, tmp_path: Path, amount: str) -> None:
    assert deadweight("model", "prune", model, "-o", tmp_path / "b.safetensors", "--amount", amount).status == 2
    assert names(tmp_path) == ["model.safetensors"]
