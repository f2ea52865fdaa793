"""`deadweight model compare`, end to end on graphs that onnxruntime runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from builders.graphs import classifier, normal, samples
from deadweight.cli.program import run

_TASK = """
import numpy as np
import onnxruntime

X = np.random.default_rng(2).normal(size=(500, 16)).astype(np.float32)
Y = (X @ np.random.default_rng(1).normal(size=(16, 8)).astype(np.float32)).argmax(1)

def build_file(path):
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

def build(weights):
    return weights["weights"]

def predict(model, inputs):
    inputs = np.stack(inputs)
    return inputs @ model if isinstance(model, np.ndarray) else model.run(None, {"inputs": inputs})[0]

def accuracy(rows, labels):
    return float(np.mean(rows.argmax(1) == np.array(labels)))

def tasks():
    return {"eight": {"development": (X[:200], Y[:200]), "gate": (X[200:], Y[200:]), "metric": accuracy}}
"""


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str]:
    """A graph, and the same with its weights rounded a little."""
    weights = normal(16, 8, seed=1)
    first = classifier(tmp_path / "model.onnx", weights)
    second = classifier(tmp_path / "rounded.onnx", np.round(weights * 8) / 8)
    return str(first), str(second)


def _task(folder: Path) -> str:
    path = folder / "task.py"
    path.write_text(_TASK)
    return str(path)


def _data(folder: Path) -> str:
    return str(samples(folder / "data.npz", inputs=normal(500, 16, seed=2)))


def test_answers_time_and_memory_of_both_are_told(
    tmp_path: Path, pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["model", "compare", *pair, "--samples", _data(tmp_path), "--batch", "1", "--batch", "16", "--starts", "2"]
    assert run([*words, "--json", "--quiet"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["batch"] for one in said["contrasts"]] == [1, 16]
    for side in ("first", "second"):
        costs = said[side]["costs"]
        assert [call["batch"] for call in costs["calls"]] == [1, 16]
        assert all(0 < call["wall"]["low"] <= call["wall"]["value"] <= call["wall"]["high"] for call in costs["calls"])
        assert costs["load"]["value"] > 0
        assert costs["peak"] >= costs["loaded"]
    (task,) = said["tasks"]
    assert task["task"] == task["likeness"] == "agreement"
    assert task["first"] == 1.0
    assert 0.8 < task["second"] == task["alike"] < 1.0
    assert task["ratio"]["low"] < task["ratio"]["value"] < task["ratio"]["high"]


def test_a_task_opens_graphs_by_build_file_and_weights_by_build(
    tmp_path: Path, pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    small = str(tmp_path / "small.npz")
    np.savez(small, weights=normal(16, 8, seed=1))
    assert run(["model", "compare", pair[0], small, "--task", _task(tmp_path), "--no-timing", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["second"]["form"].endswith("float32")
    assert said["tasks"][0]["first"] == said["tasks"][0]["second"] == 1.0
    assert said["contrasts"] == []


def test_a_squeezed_model_is_held_against_its_original(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    original = str(classifier(tmp_path / "wide.onnx", normal(256, 16, seed=1)))
    data = str(samples(tmp_path / "data.npz", inputs=normal(2000, 256, seed=2)))
    small = str(tmp_path / "small.safetensors")
    assert run(["model", "squeeze", original, "-o", small, "--samples", data, "--keep", "0.9", "--quiet"]) == 0
    assert run(["model", "compare", original, small, "--samples", data, "--no-timing", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["second"]["form"] == "squeezed safetensors"
    assert said["smaller"] > 4
    assert said["tasks"][0]["ratio"]["value"] > 0.9
    assert run(["model", "compare", original, small, "--samples", data, "--no-timing"]) == 0
    assert "squeezed safetensors" in capsys.readouterr().out


def test_the_development_part_leaves_the_gate_alone(
    tmp_path: Path, pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    counts = []
    for part in ("gate", "development"):
        words = ["model", "compare", *pair, "--task", _task(tmp_path), "--part", part, "--no-timing", "--json"]
        assert run(words) == 0
        counts.append(json.loads(capsys.readouterr().out)["tasks"][0]["examples"])
    assert counts == [300, 200]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ([], "one of --task and --samples"),
        (["--task", "task.py", "--samples", "data.npz"], "one of --task and --samples"),
        (["--task", "task.py", "--metric", "cosine"], "--metric goes with --samples"),
        (["--samples", "absent.npz"], "there is no such file"),
        (["--task", "absent.py"], "no such file"),
    ],
)
def test_what_it_is_judged_by_has_to_be_said_once(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str], more: list[str], says: str
) -> None:
    assert run(["model", "compare", *pair, *more]) == 2
    assert says in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["model", "compare", "a.onnx", "b.onnx", "--task", _task(tmp_path)]) == 2
    assert "a.onnx: there is no such file" in capsys.readouterr().err


def test_what_only_the_task_reads_is_opened_by_it(
    tmp_path: Path, pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A form that deadweight does not know, such as torch.export's, is compared all the same."""
    sealed = tmp_path / "model.sealed"
    sealed.write_bytes(b"SEALED" + Path(pair[0]).read_bytes())
    task = Path(_task(tmp_path))
    lines = task.read_text().replace(
        "InferenceSession(str(path)", "InferenceSession(path.read_bytes().removeprefix(b'SEALED')"
    )
    task.write_text(lines)
    assert run(["model", "compare", pair[0], str(sealed), "--task", str(task), "--no-timing", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["second"]["form"], said["second"]["size"]) == ("sealed", sealed.stat().st_size)
    assert said["tasks"][0]["ratio"]["value"] == 1.0
    task.write_text(lines.replace("def build_file", "def other"))
    assert run(["model", "compare", pair[0], str(sealed), "--task", str(task), "--no-timing"]) == 4
    assert "no model file that deadweight reads" in capsys.readouterr().err


def test_a_graph_is_built_of_its_weights_where_the_task_opens_no_files(
    tmp_path: Path, pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    task = Path(_task(tmp_path))
    task.write_text(task.read_text().replace("def build_file", "def other"))
    assert run(["model", "compare", *pair, "--task", str(task), "--no-timing", "--json"]) == 0
    assert 0.8 < json.loads(capsys.readouterr().out)["tasks"][0]["second"] < 1.0
