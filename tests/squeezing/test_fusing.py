"""Graphs that are rewritten to be faster answer as before; what cannot be shown to stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from deadweight.squeezing.graphs.fusing import fuse
from deadweight.squeezing.graphs.quantising import Bits, Method, quantise_graph

Reals = numpy.typing.NDArray[np.float32]
RANDOM = np.random.default_rng(5)
WIDTH, HEADS, WORDS = 64, 4, 9
HEADS_FIRST = [0, 2, 1, 3]
WAYS_OF_KEYS = ("at once", "twice", "folded")
INPUTS = {
    "x": RANDOM.normal(size=(3, WORDS, WIDTH)).astype(np.float32),
    "mask": np.where(RANDOM.random((3, 1, 1, WORDS)) < 0.3, -1e9, 0).astype(np.float32),
}


def node(kind: str, *taken: str, out: str, **how: Any) -> onnx.NodeProto:  # noqa: ANN401  as onnx takes it
    return helper.make_node(kind, list(taken), [out], out, **how)


def keys(way: str) -> list[onnx.NodeProto]:
    """The ways of exporters to turn keys."""
    if way == "at once":
        return [node("Transpose", "ks", out="kt", perm=[0, 2, 3, 1])]
    first = node("Transpose", "ks", out="kh", perm=HEADS_FIRST)
    if way == "twice":
        return [first, node("Transpose", "kh", out="kt", perm=[0, 1, 3, 2])]
    return [
        first,
        node("Reshape", "kh", "of three", out="k3"),
        node("Transpose", "k3", out="k3t", perm=[0, 2, 1]),
        node("Shape", "x", out="examples", start=0, end=1),
        node("Concat", "examples", "heads", "wide", "minus", out="of four", axis=0),
        node("Reshape", "k3t", "of four", out="kt"),
    ]


def attention(way: str = "at once", scale: Sequence[onnx.NodeProto] = (), *, masked: bool = True) -> onnx.ModelProto:
    """A layer of attention written out, its heads' shape a constant."""
    sides = [one for name in "qkv" for one in side(name)]
    scores = [*(scale or [node("MatMul", "qh", "kt", out="raw"), node("Div", "raw", "root", out="scores")])]
    if masked:
        scores.append(node("Add", "mask", "scores", out="seen"))
    rest = [
        node("Softmax", "seen" if masked else "scores", out="shares", axis=-1),
        node("Transpose", "vs", out="vh", perm=HEADS_FIRST),
        node("MatMul", "shares", "vh", out="context"),
        node("Transpose", "context", out="turned", perm=HEADS_FIRST),
        node("Reshape", "turned", "whole", out="said"),
        node("MatMul", "said", "wo", out="y"),
    ]
    turned = [node("Transpose", "qs", out="qh", perm=HEADS_FIRST), *keys(way)]
    return graph([*sides, *turned, *scores, *rest], ("x", "mask") if masked else ("x",))


def side(name: str) -> list[onnx.NodeProto]:
    return [node("MatMul", "x", f"w{name}", out=name), node("Reshape", name, "cut", out=f"{name}s")]


def graph(nodes: Sequence[onnx.NodeProto], inputs: Sequence[str] = ("x",), version: int = 18) -> onnx.ModelProto:
    weights = {f"w{name}": RANDOM.normal(size=(WIDTH, WIDTH)).astype(np.float32) / 8 for name in "qkvo"}
    shapes = {"cut": [0, 0, HEADS, WIDTH // HEADS], "whole": [0, 0, WIDTH], "of three": [-1, WORDS, WIDTH // HEADS]}
    shapes |= {"heads": [HEADS], "wide": [WIDTH // HEADS], "minus": [-1]}
    held: dict[str, Any] = weights | {name: np.array(one) for name, one in shapes.items()}
    held |= {"root": np.array(4, np.float32), "scale": weights["wq"][0], "move": weights["wk"][0]}
    taken = {name for one in nodes for name in one.input}
    sizes = {"x": ("n", WORDS, WIDTH), "mask": ("n", 1, 1, WORDS), "y": ("n", WORDS, WIDTH)}
    told = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, size) for name, size in sizes.items()}
    tensors = [numpy_helper.from_array(one, name) for name, one in held.items() if name in taken]
    whole = helper.make_graph(nodes, "g", [told[name] for name in inputs], [told["y"]], tensors)
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", version)], ir_version=8)


def answers(path: Path) -> Reals:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found: Reals = session.run(None, {one.name: INPUTS[one.name] for one in session.get_inputs()})[0]
    return found


def fused(model: onnx.ModelProto, path: Path) -> Counter[str]:
    """The kinds of nodes after fusing, which answers as before, as onnx too finds it valid."""
    onnx.save(model, path)
    before = answers(path)
    fuse(path)
    onnx.checker.check_model(str(path))
    assert np.allclose(answers(path), before, atol=1e-5)
    return Counter(one.op_type for one in onnx.load(path).graph.node)


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("way", WAYS_OF_KEYS)
def test_attention_written_out_becomes_one_operator(tmp_path: Path, way: str, masked: bool) -> None:
    kinds = fused(attention(way, masked=masked), tmp_path / "a.onnx")
    assert kinds["MultiHeadAttention"] == 1
    assert kinds["MatMul"] == 4
    assert not kinds.keys() & {"Softmax", "Transpose", "Reshape", "Div"}


def test_a_factor_on_each_side_is_the_scale(tmp_path: Path) -> None:
    sides = [node("Mul", "qh", "root", out="q2"), node("Div", "kt", "root", out="k2")]
    kinds = fused(attention("twice", [*sides, node("MatMul", "q2", "k2", out="scores")]), tmp_path / "a.onnx")
    assert kinds["MultiHeadAttention"] == 1
    made = next(one for one in onnx.load(tmp_path / "a.onnx").graph.node if one.op_type == "MultiHeadAttention")
    assert {one.name: one.f for one in made.attribute}["scale"] == pytest.approx(1)


def computed(power: float) -> list[onnx.NodeProto]:
    """The root of the width of a head, as old exporters ask the shape for it."""
    exponent = helper.make_tensor("e", TensorProto.FLOAT, [], [power])
    return [
        node("Shape", "qh", out="lengths", start=3, end=4),
        node("Cast", "lengths", out="width", to=TensorProto.FLOAT),
        node("Constant", out="power", value=exponent),
        node("Pow", "width", "power", out="computed"),
        node("MatMul", "qh", "kt", out="raw"),
        node("Div", "raw", "computed", out="scores"),
    ]


def test_a_scale_that_is_computed_is_taken_for_the_usual_one_and_left_where_it_is_another(tmp_path: Path) -> None:
    assert fused(attention(scale=computed(0.5)), tmp_path / "a.onnx")["MultiHeadAttention"] == 1
    other = attention(scale=computed(0.25))
    kinds = fused(other, tmp_path / "b.onnx")
    assert (kinds["MultiHeadAttention"], kinds["Softmax"]) == (0, 1)
    assert onnx.load(tmp_path / "b.onnx") == other


def test_shares_that_something_else_looks_at_stay(tmp_path: Path) -> None:
    model = attention()
    model.graph.output.append(helper.make_tensor_value_info("shares", TensorProto.FLOAT, ("n", HEADS, WORDS, WORDS)))
    assert fused(model, tmp_path / "a.onnx")["Softmax"] == 1


def test_what_a_graph_within_a_node_takes_stays(tmp_path: Path) -> None:
    model = attention()
    told = helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)
    branch = helper.make_graph([node("Identity", "turned", out="inner")], "branch", [], [told])
    model.graph.initializer.append(numpy_helper.from_array(np.array(True), "yes"))
    model.graph.node.append(node("If", "yes", out="more", then_branch=branch, else_branch=branch))
    model.graph.output.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, ("n", WORDS, HEADS, 16)))
    kinds = fused(model, tmp_path / "a.onnx")
    assert (kinds["If"], kinds["Softmax"], kinds["MultiHeadAttention"]) == (1, 1, 0)


def norm(version: int, *, moved: bool = True, **how: Any) -> onnx.ModelProto:  # noqa: ANN401  as onnx takes it
    return graph([node("LayerNormalization", "x", "scale", *["move"] * moved, out="y", **how)], version=version)


@pytest.mark.parametrize("version", [17, 18, 20])
@pytest.mark.parametrize("moved", [True, False])
def test_normalisation_in_parts_gives_what_the_operator_gives(tmp_path: Path, version: int, moved: bool) -> None:
    kinds = fused(norm(version, moved=moved, epsilon=0.1), tmp_path / "a.onnx")
    assert "LayerNormalization" not in kinds
    session = onnxruntime.InferenceSession(tmp_path / "a.onnx", providers=["CPUExecutionProvider"])
    same = np.ones_like(INPUTS["x"])
    shift = {one.name: numpy_helper.to_array(one) for one in onnx.load(tmp_path / "a.onnx").graph.initializer}
    wanted = np.broadcast_to(shift["move"] if moved else 0, same.shape)
    assert np.allclose(session.run(None, {"x": same})[0], wanted)


def test_normalisation_over_more_than_the_last_axis_stays(tmp_path: Path) -> None:
    onnx.save(norm(18), tmp_path / "a.onnx")
    model = graph([node("LayerNormalization", "x", "all", out="y", axis=-2)])
    model.graph.initializer.append(numpy_helper.from_array(np.ones((WORDS, WIDTH), np.float32), "all"))
    assert fused(model, tmp_path / "b.onnx") == {"LayerNormalization": 1}


def test_what_does_not_run_on_made_up_inputs_stays_as_it_is(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Two free lengths that have to be equal."""
    model = norm(18)
    model.graph.node.append(node("Add", "y", "other", out="z"))
    sizes = {"other": ("m", WORDS, WIDTH), "z": ("k", WORDS, WIDTH)}
    other, sum_ = (helper.make_tensor_value_info(name, TensorProto.FLOAT, size) for name, size in sizes.items())
    model.graph.input.append(other)
    model.graph.output[0].CopyFrom(sum_)
    onnx.save(model, tmp_path / "a.onnx")
    before = (tmp_path / "a.onnx").read_bytes()
    fuse(tmp_path / "a.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == before
    assert capfd.readouterr() == ("", "")
    assert [one.name for one in tmp_path.iterdir()] == ["a.onnx"]


def test_dynamic_quantisation_fuses_first_and_answers_nearly_as_before(tmp_path: Path) -> None:
    onnx.save(attention(), tmp_path / "a.onnx")
    done = quantise_graph(tmp_path / "a.onnx", tmp_path / "b.onnx", Bits(Method.DYNAMIC))
    kinds = Counter(one.op_type for one in onnx.load(tmp_path / "b.onnx").graph.node)
    assert (kinds["MultiHeadAttention"], kinds["MatMulInteger"], done.tensors) == (1, 4, 4)
    before, after = answers(tmp_path / "a.onnx"), answers(tmp_path / "b.onnx")
    assert float(np.sqrt(np.mean((after - before) ** 2))) < 0.05 * float(before.std())


def test_the_operator_of_onnx_that_has_the_name_of_another_opens_after_quantising(tmp_path: Path) -> None:
    sides = [one for name in "qkv" for one in side(name)]
    turned = [node("Transpose", f"{name}s", out=f"{name}h", perm=HEADS_FIRST) for name in "qkv"]
    last = [
        node("Attention", "qh", "kh", "vh", out="context"),
        node("Transpose", "context", out="turned", perm=HEADS_FIRST),
        node("Reshape", "turned", "whole", out="y"),
    ]
    model = graph([*sides, *turned, *last], version=23)
    model.ir_version = 10
    onnx.save(model, tmp_path / "a.onnx")
    quantise_graph(tmp_path / "a.onnx", tmp_path / "b.onnx", Bits(Method.DYNAMIC))
    assert np.abs(answers(tmp_path / "b.onnx") - answers(tmp_path / "a.onnx")).max() < 0.1
