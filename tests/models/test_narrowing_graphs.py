"""ONNX graphs whose numbers are stored narrower: valid to onnx, and run by onnxruntime to the same answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import numpy.typing
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from builders.command import names, state
from builders.models import floats, safetensors
from deadweight.core.errors import UsageError
from deadweight.models import onnx_files
from deadweight.models.narrowing_graphs import narrowed
from deadweight.models.reading import read

Array = numpy.typing.NDArray[Any]
RANDOM = numpy.random.default_rng(3)
WEIGHT = RANDOM.normal(size=(64, 32)).astype(numpy.float32)
CONSTANT = RANDOM.normal(size=(32, 16)).astype(numpy.float32)
BIAS = RANDOM.normal(size=16).astype(numpy.float32)
INPUTS = RANDOM.normal(size=(5, 64)).astype(numpy.float32)


def model(weight: Array = WEIGHT, version: int = 17, more_inputs: tuple[str, ...] = ()) -> onnx.ModelProto:
    """x @ weight @ constant + bias, then twice that if it is positive, by a branch that holds a tensor of its own."""
    branch = [_branch("then", 2.0), _branch("else", -1.0)]
    nodes = [
        helper.make_node("MatMul", ["x", "weight"], ["hidden"]),
        helper.make_node("Constant", [], ["constant"], value=numpy_helper.from_array(CONSTANT, "held")),
        helper.make_node("MatMul", ["hidden", "constant"], ["made"]),
        helper.make_node("Add", ["made", "bias"], ["sum"]),
        helper.make_node("ReduceSum", ["sum"], ["whole"], keepdims=0),
        helper.make_node("Greater", ["whole", "zero"], ["is_positive"]),
        helper.make_node("If", ["is_positive"], ["y"], then_branch=branch[0], else_branch=branch[1]),
    ]
    tensors = [(weight, "weight"), (BIAS, "bias"), (numpy.array(0, numpy.float32), "zero")]
    held = [numpy_helper.from_array(one, name) for one, name in tensors]
    given = [helper.make_tensor_value_info("x", TensorProto.FLOAT, (None, 64))]
    given += [helper.make_tensor_value_info(name, TensorProto.FLOAT, weight.shape) for name in more_inputs]
    told = helper.make_tensor_value_info("y", TensorProto.FLOAT, (None, 16))
    graph = helper.make_graph(nodes, "g", given, [told], held)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)], ir_version=8)


def _branch(name: str, factor: float) -> onnx.GraphProto:
    scale = numpy_helper.from_array(numpy.full((1, 16), factor, numpy.float32).repeat(32, 0), f"{name}_scale")
    shrunk = helper.make_node("ReduceMean", [f"{name}_scale"], [f"{name}_row"], axes=[0], keepdims=1)
    times = helper.make_node("Mul", ["sum", f"{name}_row"], [f"{name}_y"])
    told = helper.make_tensor_value_info(f"{name}_y", TensorProto.FLOAT, (None, 16))
    return helper.make_graph([shrunk, times], name, [], [told], [scale])


def saved(path: Path, made: onnx.ModelProto, beside: str = "") -> Path:
    if beside:
        onnx.save(made, path, save_as_external_data=True, location=beside, size_threshold=0)
    else:
        onnx.save(made, path)
    return path


def answers(path: Path) -> Array:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found: Array = session.run(None, {"x": INPUTS})[0]
    return found


@pytest.mark.parametrize(("dtype", "near"), [("float16", 2e-3), ("bfloat16", 2e-2)])
def test_a_narrowed_graph_answers_as_before_but_for_the_rounding(tmp_path: Path, dtype: str, near: float) -> None:
    path = saved(tmp_path / "a.onnx", model())
    before = state(path)
    done = narrowed(path, tmp_path / "b.onnx", dtype)
    onnx.checker.check_model(str(tmp_path / "b.onnx"), full_check=True)
    was, now = answers(path), answers(tmp_path / "b.onnx")
    assert numpy.abs(was - now).max() < near * numpy.abs(was).max()
    assert [(cast.source, cast.target, cast.tensors) for cast in done.casts] == [("float32", dtype, 4)]
    assert done.after < 0.6 * done.before
    assert state(path) == before


def test_numbers_that_the_dtype_holds_give_equal_answers(tmp_path: Path) -> None:
    whole = numpy.round(WEIGHT * 8) / 8
    path = saved(tmp_path / "a.onnx", model(whole.astype(numpy.float32)))
    made = onnx.load(path)
    for node in made.graph.node:
        if node.op_type == "Constant":
            exact = numpy.round(CONSTANT * 8) / 8
            node.attribute[0].t.CopyFrom(numpy_helper.from_array(exact.astype(numpy.float32), "held"))
    saved(path, made)
    done = narrowed(path, tmp_path / "b.onnx", "float16")
    assert all(cast.is_exact for cast in done.casts)
    assert numpy.array_equal(answers(path), answers(tmp_path / "b.onnx"))


def test_a_small_tensor_and_the_scale_of_a_quantised_operator_stay_as_they_are(tmp_path: Path) -> None:
    scales = numpy.full(300, 0.1, numpy.float32)
    zeros = numpy.zeros(300, numpy.int8)
    held = [numpy_helper.from_array(one, name) for one, name in ((scales, "scales"), (zeros, "zeros"), (WEIGHT, "w"))]
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scales", "zeros"], ["q"], axis=1),
        helper.make_node("DequantizeLinear", ["q", "scales", "zeros"], ["y"], axis=1),
        helper.make_node("Identity", ["w"], ["z"]),
    ]
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, (None, 300))
    told = [helper.make_tensor_value_info(name, TensorProto.FLOAT, (None, None)) for name in ("y", "z")]
    graph = helper.make_graph(nodes, "g", [given], told, held)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    narrowed(saved(tmp_path / "a.onnx", made), tmp_path / "b.onnx", "float16")
    dtypes = {one.name: one.dtype for one in read(tmp_path / "b.onnx").tensors}
    assert dtypes == {"scales": "float32", "zeros": "int8", "w.float16": "float16"}


def test_tensors_beside_the_file_come_inside(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.onnx", model(), beside="weights.bin")
    done = narrowed(path, tmp_path / "b.onnx", "")
    assert done.casts == ()
    assert read(tmp_path / "b.onnx").files.keys() == {"b.onnx"}
    (tmp_path / "alone").mkdir()
    alone = (tmp_path / "b.onnx").rename(tmp_path / "alone" / "b.onnx")
    assert numpy.array_equal(answers(path), answers(alone))


def test_tensors_that_are_too_many_for_one_file_lie_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_files, "MOST_INSIDE", 1000)
    path = saved(tmp_path / "a.onnx", model())
    done = narrowed(path, tmp_path / "b.onnx", "float16")
    back = read(tmp_path / "b.onnx")
    assert back.files.keys() == {"b.onnx", "b.onnx.data"}
    assert done.after == sum(back.files.values())
    assert numpy.allclose(answers(path), answers(tmp_path / "b.onnx"), atol=0.1)


def test_a_weight_that_a_caller_could_replace_is_one_no_longer(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.onnx", model(more_inputs=("weight",)))
    narrowed(path, tmp_path / "b.onnx", "float16")
    assert [one.name for one in onnx.load(tmp_path / "b.onnx").graph.input] == ["x"]
    assert numpy.allclose(answers(path), answers(tmp_path / "b.onnx"), atol=0.1)


def test_values_beyond_fp16_are_refused_with_their_names(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.onnx", model(WEIGHT * 1e6))
    with pytest.raises(UsageError, match=r"values \(weight\)"):
        narrowed(path, tmp_path / "b.onnx", "float16")
    assert names(tmp_path) == ["a.onnx"]
    assert narrowed(path, tmp_path / "b.onnx", "bfloat16").casts[0].overflowed == 0


def test_what_cannot_be_narrowed_is_told_with_what_can(tmp_path: Path) -> None:
    old = saved(tmp_path / "old.onnx", model(version=12))
    with pytest.raises(UsageError, match="of version 12, and bfloat16 came with 13"):
        narrowed(old, tmp_path / "b.onnx", "bfloat16")
    narrowed(old, tmp_path / "b.onnx", "float16")
    with pytest.raises(UsageError, match="is wider than float16"):
        narrowed(tmp_path / "b.onnx", tmp_path / "c.onnx", "float16")
    plain = safetensors(tmp_path / "w.safetensors", {"w": ("F32", (1,), floats(1.0))})
    with pytest.raises(UsageError, match="has no graph") as told:
        narrowed(plain, tmp_path / "c.onnx", "")
    assert "--task" in told.value.advice


def test_the_same_graph_gives_the_same_bytes(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.onnx", model())
    for name in ("one", "two"):
        narrowed(path, tmp_path / f"{name}.onnx", "float16")
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "two.onnx").read_bytes()
