"""Graphs and checkpoints in fewer bits: opened by onnxruntime, near to what they were, smaller by what was asked."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import numpy.typing
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

from builders.command import names, state
from deadweight.cli.program import run
from deadweight.core.errors import UsageError
from deadweight.pipeline.models.quantising import quantise
from deadweight.squeezing.graphs.quantising import Bits, Method
from deadweight.squeezing.storing.files import squeezed_model

Reals = numpy.typing.NDArray[np.float32]
DOCS = Path(__file__).parents[2] / "docs"
RANDOM = np.random.default_rng(8)
TABLE = RANDOM.normal(size=(500, 64)).astype(np.float32)
WEIGHT = (RANDOM.normal(size=(64, 96)) / 8).astype(np.float32)
BIAS = RANDOM.normal(size=96).astype(np.float32)
WORDS = RANDOM.integers(0, 500, (200, 7))


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """The mean of embeddings, through one layer."""
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["rows"], name="look_up"),
        helper.make_node("ReduceMean", ["rows"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("Gemm", ["mean", "weight", "bias"], ["y"], name="layer"),
    ]
    held = [numpy_helper.from_array(one, name) for one, name in ((TABLE, "table"), (WEIGHT, "weight"), (BIAS, "bias"))]
    given = helper.make_tensor_value_info("ids", TensorProto.INT64, ("n", "words"))
    told = helper.make_tensor_value_info("y", TensorProto.FLOAT, ("n", 96))
    made = helper.make_model(
        helper.make_graph(nodes, "g", [given], [told], held),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.save(made, tmp_path / "model.onnx")
    return tmp_path / "model.onnx"


def answers(path: Path) -> Reals:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found: Reals = session.run(None, {"ids": WORDS})[0]
    return found


def right() -> Reals:
    found: Reals = TABLE[WORDS].mean(1) @ WEIGHT + BIAS
    return found


@pytest.mark.parametrize(
    ("bits", "smaller", "near"),
    [
        (Bits(Method.DYNAMIC), 3.2, 0.02),
        (Bits(Method.WEIGHT_ONLY, 8), 2.8, 0.02),
        (Bits(Method.WEIGHT_ONLY, 4, 32), 4.5, 0.2),
        (Bits(Method.WEIGHT_ONLY, 4, 16), 4.0, 0.2),
    ],
    ids=str,
)
def test_a_graph_in_fewer_bits_answers_nearly_as_before(
    graph: Path, tmp_path: Path, bits: Bits, smaller: float, near: float
) -> None:
    before = state(graph)
    done = quantise(graph, tmp_path / "small.onnx", bits, None)
    off = np.abs(answers(tmp_path / "small.onnx") - right())
    assert float(np.sqrt(np.mean(off**2))) < near * float(np.std(right()))
    assert done.before / done.after > smaller
    assert done.tensors == 2
    assert done.left == ()
    assert state(graph) == before


def test_a_scale_for_each_channel_is_nearer_than_one_for_all(graph: Path, tmp_path: Path) -> None:
    made = onnx.load(graph)
    wild = WEIGHT * np.geomspace(0.01, 10, 96, dtype=np.float32)
    made.graph.initializer[1].CopyFrom(numpy_helper.from_array(wild, "weight"))
    onnx.save(made, graph)
    wanted = TABLE[WORDS].mean(1) @ wild + BIAS
    offs = []
    for per_channel in (True, False):
        out = tmp_path / f"{per_channel}.onnx"
        quantise(graph, out, Bits(Method.DYNAMIC, per_channel=per_channel), None)
        offs.append(np.abs(answers(out) - wanted)[:, :48].max())
    assert offs[0] < 0.2 * offs[1]


def test_static_quantisation_calibrates_on_samples_and_says_what_development_data_lose(
    graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "inputs.npz", ids=WORDS)
    words = ["model", "quantize", str(graph), "-o", str(tmp_path / "small.onnx"), "--method", "static", "--json"]
    assert run([*words, "--samples", str(tmp_path / "inputs.npz")]) == 0
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, json.loads((DOCS / "model-quantize.schema.json").read_text("utf-8")))
    (one,) = told["judged"]
    assert one["after"] > 0.9 * one["before"]
    assert one["examples"] < len(WORDS)
    assert np.corrcoef(answers(tmp_path / "small.onnx").ravel(), right().ravel())[0, 1] > 0.99


def test_static_quantisation_without_inputs_is_a_mistake(graph: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="looks at real inputs"):
        quantise(graph, tmp_path / "small.onnx", Bits(Method.STATIC), None)
    assert names(tmp_path) == ["model.onnx"]


@pytest.mark.parametrize(("bits", "near"), [(8, 0.01), (4, 0.15)])
def test_a_checkpoint_becomes_codes_that_stand_for_nearly_the_same_weights(
    tmp_path: Path, bits: int, near: float
) -> None:
    save_file({"table": TABLE, "weight": WEIGHT, "bias": BIAS}, tmp_path / "model.safetensors")
    out = tmp_path / "small.safetensors"
    done = quantise(tmp_path / "model.safetensors", out, Bits(Method.WEIGHT_ONLY, bits), None)
    back = squeezed_model(out).weights()
    assert float(np.sqrt(np.mean((back["table"].astype(np.float32) - TABLE) ** 2))) < near * float(TABLE.std())
    assert done.before / done.after > 32 / bits * 0.85
    assert (done.tensors, done.left) == (2, ("bias",))


def test_a_checkpoint_has_no_graph_to_quantise_and_is_told_how_to_get_one(tmp_path: Path) -> None:
    save_file({"table": TABLE}, tmp_path / "model.safetensors")
    with pytest.raises(UsageError, match="takes a graph") as told:
        quantise(tmp_path / "model.safetensors", tmp_path / "b.onnx", Bits(Method.DYNAMIC), None)
    assert "model convert" in told.value.advice


def test_a_graph_of_nothing_large_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    held = [numpy_helper.from_array(np.ones((4, 4), np.float32), "w")]
    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ("n", 4)) for name in ("x", "y")]
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    opsets = [helper.make_opsetid("", 17)]
    made = helper.make_model(
        helper.make_graph([node], "g", sides[:1], sides[1:], held), opset_imports=opsets, ir_version=8
    )
    onnx.save(made, tmp_path / "a.onnx")
    with pytest.raises(UsageError, match="nothing in the graph"):
        quantise(tmp_path / "a.onnx", tmp_path / "b.onnx", Bits(Method.DYNAMIC), None)
    assert names(tmp_path) == ["a.onnx"]


def test_four_bits_are_for_weights_alone(graph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["model", "quantize", str(graph), "-o", str(tmp_path / "b.onnx"), "--method", "dynamic", "--bits", "4"]
    assert run(words) == 2
    assert "--method weight-only" in capsys.readouterr().err
    assert run([*words[:-4], "--method", "weight-only", "--bits", "4"]) == 0
    said = capsys.readouterr().out
    assert "2 tensors in 4 bits (weight-only)" in said
    assert "What that costs is not known" in said
