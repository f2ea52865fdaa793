"""Models squeezed within their own format: what loads them finds all where it was, within half a step."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from builders.checkpoints import noise, of_torch, that_calls
from builders.models import Storage, safetensors, torch_zip, view
from deadweight.core.errors import UsageError
from deadweight.models.bodies import elements
from deadweight.models.reading import read
from deadweight.squeezing.steps.grids import FINEST, on_grid
from deadweight.squeezing.steps.own_format import grids_of, write_own

RANDOM = np.random.default_rng(11)
Floats = NDArray[np.float32]


def normal(*shape: int) -> Floats:
    return RANDOM.normal(0, 0.05, shape).astype(np.float32)


def graph(path: Path, table: Floats, weight: Floats, *, beside: bool = False) -> Path:
    """A table that is looked up, then a product with weights of two axes; its tensors in a file beside if asked."""
    nodes = [helper.make_node("Gather", ["table", "ids"], ["rows"]), helper.make_node("MatMul", ["rows", "w"], ["y"])]
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", weight.shape[1]])
    tensors = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(weight, "w")]
    made = helper.make_graph(nodes, "g", [ids], [y], tensors)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path, save_as_external_data=beside, location="a.data", size_threshold=0)
    return path


def answers(path: Path, ids: list[int]) -> Floats:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"ids": np.array(ids, dtype=np.int64)})
    return np.asarray(found, dtype=np.float32)


def squeezed(path: Path, out: Path, share: float = FINEST) -> Path:
    write_own(path, out, grids_of(path, share))
    return out


@settings(max_examples=40, derandomize=True, deadline=None)
@given(some.integers(0, 1), some.sampled_from([0.0, 0.1, 0.5]), some.booleans(), some.integers(0, 2**31))
def test_no_weight_is_further_from_its_grid_than_half_a_step(axis: int, share: float, binary: bool, seed: int) -> None:
    weights = np.random.default_rng(seed).normal(0, 1, (9, 7)).astype(np.float32)
    weights[3, 3] = 60
    grid = on_grid(weights, axis, share, binary=binary)
    assert grid is not None
    assert bool((np.abs(grid.weights() - weights) <= grid.steps * 0.5001).all()), "nothing is clipped"


def test_a_row_of_nothing_stays_nothing() -> None:
    grid = on_grid(np.zeros((4, 5), np.float32), 0, FINEST)
    assert grid is not None
    assert not grid.weights().any()


def test_codes_over_sixteen_bits_are_no_grid() -> None:
    weights = np.full((4, 100_000), 1e-6, np.float32)
    weights[0, 0] = 1e6
    assert on_grid(weights, 0, 0.001) is None


def test_binary_steps_give_weights_that_end_in_zero_bytes() -> None:
    grid = on_grid(normal(64, 64), 0, FINEST, binary=True)
    assert grid is not None
    assert not (grid.weights().view(np.uint32) & 0xFFFF).any()


def test_a_graph_answers_nearly_the_same_and_takes_a_quarter(tmp_path: Path) -> None:
    before = graph(tmp_path / "a.onnx", normal(500, 64), normal(64, 80))
    after = squeezed(before, tmp_path / "b.onnx")
    ids = list(range(0, 500, 7))
    right, found = answers(before, ids), answers(after, ids)
    assert np.linalg.norm(found - right) < 0.02 * np.linalg.norm(right)
    assert after.stat().st_size < before.stat().st_size / 3.7


def test_a_runtime_computes_exactly_what_the_gate_judged(tmp_path: Path) -> None:
    table, weight = normal(500, 64), normal(64, 80)
    before = graph(tmp_path / "a.onnx", table, weight)
    grids = grids_of(before, 0.25)
    squeezed(before, tmp_path / "b.onnx", 0.25)
    judged = graph(tmp_path / "c.onnx", grids["table"].weights(), grids["w"].weights())
    assert np.array_equal(answers(tmp_path / "b.onnx", [3, 1, 4]), answers(judged, [3, 1, 4]))


def test_inputs_outputs_and_names_of_a_graph_stay(tmp_path: Path) -> None:
    before = graph(tmp_path / "a.onnx", normal(500, 64), normal(64, 80))
    was, now = (onnx.load(path).graph for path in (before, squeezed(before, tmp_path / "b.onnx")))
    assert (list(now.input), list(now.output)) == (list(was.input), list(was.output))
    assert [node for node in now.node if node.op_type not in ("Cast", "Mul")] == list(was.node)


def test_each_output_of_a_product_and_each_row_of_a_table_has_a_step(tmp_path: Path) -> None:
    grids = grids_of(graph(tmp_path / "a.onnx", normal(500, 64), normal(64, 80)), FINEST)
    assert (grids["table"].steps.shape, grids["w"].steps.shape) == ((500, 1), (1, 80))


@pytest.mark.parametrize(("turned", "steps"), [(0, (1, 80)), (1, (64, 1))])
def test_gemm_has_a_step_for_each_output_whichever_way_it_is_turned(
    turned: int, steps: tuple[int, int], tmp_path: Path
) -> None:
    node = helper.make_node("Gemm", ["x", "w"], ["y"], transB=turned)
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, None]) for name in "xy"]
    tensors = [numpy_helper.from_array(normal(64, 80), "w")]
    model = helper.make_model(helper.make_graph([node], "g", ends[:1], ends[1:], tensors))
    onnx.save(model, tmp_path / "a.onnx")
    assert grids_of(tmp_path / "a.onnx", FINEST)["w"].steps.shape == steps


def test_names_that_are_taken_are_not_taken_again(tmp_path: Path) -> None:
    path = graph(tmp_path / "a.onnx", normal(500, 64), normal(64, 80))
    model = onnx.load(path)
    model.graph.node.append(helper.make_node("Identity", ["y"], ["w.whole"]))
    onnx.save(model, path)
    assert answers(squeezed(path, tmp_path / "b.onnx"), [1]).shape == (1, 80)


def test_a_graph_whose_tensors_lie_elsewhere_is_left(tmp_path: Path) -> None:
    path = graph(tmp_path / "a.onnx", normal(500, 64), normal(64, 80), beside=True)
    with pytest.raises(UsageError):
        grids_of(path, FINEST)


def test_a_file_without_weights_to_squeeze_is_left(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"w": ("F32", (10,), noise(10))})
    with pytest.raises(UsageError, match="no weights"):
        grids_of(path, FINEST)


def test_a_checkpoint_that_calls_something_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    path.write_bytes(that_calls("os", "system"))
    with pytest.raises(UsageError, match="its own format"):
        grids_of(path, FINEST)


def test_safetensors_keep_names_dtypes_shapes_and_metadata_and_pack_better(tmp_path: Path) -> None:
    tensors = {"w": ("F32", (200, 100), noise(20_000)), "n": ("I64", (3,), bytes(24)), "b": ("F32", (9,), noise(9))}
    before = safetensors(tmp_path / "a.safetensors", tensors, {"format": "pt"})
    after = squeezed(before, tmp_path / "b.safetensors")
    was, now = read(before), read(after)
    assert now.metadata == was.metadata
    told = [{one.name: (one.dtype, one.shape) for one in each.tensors} for each in (was, now)]
    assert told[0] == told[1]
    sizes = [len(zlib.compress(path.read_bytes(), 6)) for path in (before, after)]
    assert sizes[0] > 2.2 * sizes[1]


def test_what_is_not_squeezed_keeps_every_bit(tmp_path: Path) -> None:
    tensors = {"w": ("F32", (200, 100), noise(20_000)), "b": ("F32", (900,), noise(900, 2))}
    before = safetensors(tmp_path / "a.safetensors", tensors)
    after = read(squeezed(before, tmp_path / "b.safetensors"))
    bias = next(one for one in after.tensors if one.name == "b")
    assert b"".join(elements(after, bias)) == noise(900, 2)


def test_tensors_of_torch_that_are_one_stay_one(tmp_path: Path) -> None:
    storage = Storage("0", "float32", noise(20_000))
    tied = view(storage, 0, (200, 100), (100, 1))
    before = torch_zip(tmp_path / "a.pt", {"in": tied, "deep": {"out": tied}, "epoch": 3}, [storage])
    after = squeezed(before, tmp_path / "b.pt")
    now = read(after)
    assert {one.path for one in now.tensors} == {("in",), ("deep", "out")}
    assert len(now.storages) == 1
    assert [value.plain for value in now.values] == [3]


def test_one_axis_of_torch_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    path.write_bytes(of_torch(("w", 30_000)))
    with pytest.raises(UsageError, match="two axes"):
        grids_of(path, FINEST)


def test_weights_that_are_not_finite_are_left(tmp_path: Path) -> None:
    endless = np.full(20_000, np.nan, np.float32).tobytes()
    path = safetensors(tmp_path / "a.safetensors", {"w": ("F32", (200, 100), endless)})
    with pytest.raises(UsageError, match="no weights"):
        grids_of(path, FINEST)
