"""`deadweight model squeeze` and `restore`, end to end on a classifier of one layer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from deadweight.cli.program import run
from deadweight.judging.array import Array
from deadweight.squeezing.storing.files import squeezed_model, weights_of, write_safetensors
from deadweight.squeezing.storing.graphs import filled_graph

_TASK = """
import numpy as np

random = np.random.default_rng(5)
INPUTS = random.normal(size=({examples} * 2, 64)).astype(np.float32)
LABELS = (INPUTS @ np.random.default_rng(1).normal(size=(8, 64)).astype(np.float32).T).argmax(1).tolist()

def build(weights):
    return weights["embed.weight"].astype(np.float32) @ weights["head.weight"].astype(np.float32)

def predict(model, inputs):
    return np.stack(inputs) @ model.T{noise}

def tasks():
    half = len(LABELS) // 2
    return {{
        "eight": {{
            "development": (INPUTS[:half], LABELS[:half]),
            "gate": (INPUTS[half:], LABELS[half:]),
            "metric": lambda rows, labels: float((rows.argmax(1) == np.array(labels)).mean()),
        }}
    }}
"""


def _tensors() -> dict[str, Array]:
    """A product of two matrices that is the classifier which the labels are of."""
    wanted = np.random.default_rng(1).normal(size=(8, 64)).astype(np.float32)
    turned = np.linalg.qr(np.random.default_rng(2).normal(size=(512, 512)))[0].astype(np.float32)
    return {
        "embed.weight": np.ascontiguousarray(turned[:, :8].T),
        "head.weight": (turned[:, :8] @ wanted).astype(np.float32),
    }


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    with path.open("wb") as stream:
        write_safetensors(stream, _tensors(), {})
    return path


def _task(folder: Path, examples: int = 1000, noise: str = "") -> Path:
    path = folder / "task.py"
    path.write_text(_TASK.format(examples=examples, noise=noise))
    return path


def test_a_model_is_squeezed_judged_and_restored(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, plain, before = tmp_path / "small.safetensors", tmp_path / "plain.safetensors", model.read_bytes()
    words = ["model", "squeeze", str(model), "-o", str(out), "--task", str(_task(tmp_path)), "--json"]
    assert run(words) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["passed"]
    assert said["after"] == out.stat().st_size < len(before) / 4
    assert all(one["lower"] >= 0.95 for one in said["gate"])
    assert run(["model", "restore", str(out), "-o", str(plain)]) == 0
    restored = weights_of(plain)
    for name, one in _tensors().items():
        assert restored[name].shape == one.shape
        near, was = restored[name].astype(np.float64).ravel(), one.astype(np.float64).ravel()
        assert np.corrcoef(near, was)[0, 1] > 0.9
    assert model.read_bytes() == before


def test_what_does_not_pass_the_gate_is_not_written(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "small.safetensors"
    words = ["model", "squeeze", str(model), "-o", str(out), "--task", str(_task(tmp_path)), "--ratio", "20"]
    assert run(words) == 3
    assert "FAIL" in capsys.readouterr().out
    assert not out.exists()


def test_few_examples_without_one_error_prove_nothing(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "small.safetensors"
    words = ["model", "squeeze", str(model), "-o", str(out), "--ratio", "6", "--quiet", "--task"]
    assert run([*words, str(_task(tmp_path, examples=30))]) == 2
    assert "It takes 60" in capsys.readouterr().err
    assert not out.exists()


def test_a_search_goes_on_where_it_was(tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    memory, task = tmp_path / "search.jsonl", _task(tmp_path)
    words = ["model", "squeeze", str(model), "--task", str(task), "--memory", str(memory), "--json", "-o"]
    assert run([*words, str(tmp_path / "first")]) == 0
    lines = memory.read_text()
    assert run([*words, str(tmp_path / "second")]) == 0
    assert memory.read_text() == lines
    first, second = (tmp_path / name for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()
    task.write_text(task.read_text() + "\n")
    assert run([*words, str(tmp_path / "third")]) == 0
    assert len(memory.read_text()) > len(lines)


def test_a_model_that_differs_from_itself_is_told(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = _task(tmp_path, noise=" + np.random.normal(size=(len(inputs), 8))")
    out = tmp_path / "small.safetensors"
    assert run(["model", "squeeze", str(model), "-o", str(out), "--task", str(task)]) == 2
    assert "differently when it is asked twice" in capsys.readouterr().err
    assert not out.exists()


def test_output_that_is_there_is_left_alone(tmp_path: Path, model: Path) -> None:
    out = tmp_path / "small.safetensors"
    out.write_bytes(b"mine")
    assert run(["model", "squeeze", str(model), "-o", str(out), "--task", str(_task(tmp_path))]) == 2
    assert out.read_bytes() == b"mine"


def test_a_plain_model_is_not_restored(tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["model", "restore", str(model), "-o", str(tmp_path / "plain.safetensors")]) == 4
    assert "no squeezed model" in capsys.readouterr().err


def test_methods_that_are_named_are_all_searched(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "small.safetensors"
    words = ["model", "squeeze", str(model), "-o", str(out), "--task", str(_task(tmp_path)), "--json"]
    assert run([*words, "--method", "int8", "--method", "lossless"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {one["method"] for one in said["front"]} == {"int8", "lossless"}
    assert said["chosen"]["method"] == "int8"


def test_where_feedback_fails_what_loses_less_is_asked(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the same bits are good enough, as far as this task goes."""
    task = _task(tmp_path)
    task.write_text(
        task.read_text() + "\ndef build(weights):\n    right = weights['embed.weight'].tobytes() == "
        "RIGHT.setdefault('bytes', weights['embed.weight'].tobytes())\n"
        "    return (weights['embed.weight'] @ weights['head.weight']) * (1.0 if right else -1.0)\nRIGHT = {}\n"
    )
    out = tmp_path / "small.safetensors"
    assert run(["model", "squeeze", str(model), "-o", str(out), "--task", str(task), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["chosen"]["method"] == "lossless"
    assert {one["method"] for one in said["front"]} == {"feedback", "int8", "half", "lossless"}
    assert all(np.array_equal(weights_of(model)[name], one) for name, one in squeezed_model(out).weights().items())


def test_methods_are_listed_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["model", "squeeze", "--methods"]) == 0
    assert capsys.readouterr().out.startswith("feedback ")


def test_a_method_that_there_is_not_is_told_before_anything_is_read(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "small.safetensors"
    words = ["model", "squeeze", str(model), "-o", str(out), "--task", str(_task(tmp_path)), "--method", "zip"]
    assert run(words) == 2
    assert "no method is called zip" in capsys.readouterr().err


def test_a_graph_is_squeezed_by_samples_and_keeps_its_graph(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    onnx, runtime = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")
    graph, data, out = tmp_path / "g.onnx", tmp_path / "x.npz", tmp_path / "small.safetensors"
    first, second = _tensors()["head.weight"].T, _tensors()["embed.weight"].T
    nodes = [onnx.helper.make_node("MatMul", ["x", "a"], ["h"]), onnx.helper.make_node("MatMul", ["h", "b"], ["y"])]
    shapes = (("x", 64), ("y", 8))
    given, gives = ([onnx.helper.make_tensor_value_info(name, 1, ["n", size])] for name, size in shapes)
    held = [
        onnx.numpy_helper.from_array(np.ascontiguousarray(one), name) for name, one in (("a", first), ("b", second))
    ]
    made = onnx.helper.make_model(
        onnx.helper.make_graph(nodes, "g", given, gives, held),
        opset_imports=[onnx.helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.save(made, str(graph))
    np.savez(data, x=np.random.default_rng(8).normal(size=(2000, 64)).astype(np.float32))
    words = ["model", "squeeze", str(graph), "-o", str(out), "--samples", str(data), "--keep", "0.9", "--json"]
    assert run(words) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["reached"]["layers"] == ["a", "b"]
    assert said["after"] < said["before"] / 3
    filled = filled_graph(squeezed_model(out), out)
    answers = runtime.InferenceSession(filled.SerializeToString()).run(None, {"x": np.eye(64, dtype=np.float32)})[0]
    right = runtime.InferenceSession(str(graph)).run(None, {"x": np.eye(64, dtype=np.float32)})[0]
    assert np.corrcoef(answers.ravel(), right.ravel())[0, 1] > 0.95
