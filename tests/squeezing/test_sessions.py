"""Squeezed files as what runs: plain weights in every form, and the graph that they were squeezed from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

import deadweight
from builders.command import names
from deadweight.cli.program import run
from deadweight.core.errors import Corrupt, UsageError
from deadweight.models.forms import form_of
from deadweight.models.reading import read
from deadweight.pipeline.models.restoring import Wish, restore
from deadweight.squeezing.method import Choice, Kind, chosen
from deadweight.squeezing.squeezing import Weights, squeezed
from deadweight.squeezing.storing.container import SqueezedModel
from deadweight.squeezing.storing.files import squeezed_model, stored_of, write_model
from deadweight.squeezing.storing.graphs import GRAPH, with_graph

Reals = numpy.typing.NDArray[Any]
RANDOM = np.random.default_rng(4)
TABLE = RANDOM.normal(size=(300, 64)).astype(np.float32)
WEIGHT = (RANDOM.normal(size=(64, 80)) / 8).astype(np.float32)
BIAS = RANDOM.normal(size=80).astype(np.float32)
WORDS = RANDOM.integers(0, 300, (50, 5))


def graph(path: Path, **more: Any) -> Path:  # noqa: ANN401  as onnx.save takes it
    """The mean of embeddings, by a weight that is a constant; shapes are tensors too."""
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["rows"]),
        helper.make_node("ReduceMean", ["rows"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("Constant", [], ["weight"], value=numpy_helper.from_array(WEIGHT, "held")),
        helper.make_node("MatMul", ["mean", "weight"], ["made"]),
        helper.make_node("Add", ["made", "bias"], ["sum"]),
        helper.make_node("Reshape", ["sum", "shape"], ["y"]),
    ]
    tensors = {"table": TABLE, "bias": BIAS, "shape": np.array([-1, 80])}
    held = [numpy_helper.from_array(one, name) for name, one in tensors.items()]
    given = helper.make_tensor_value_info("ids", TensorProto.INT64, ("n", "words"))
    told = helper.make_tensor_value_info("y", TensorProto.FLOAT, ("n", 80))
    whole = helper.make_graph(nodes, "g", [given], [told], held)
    onnx.save(helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path, **more)
    return path


def small(path: Path, source: Path, method: str = "int8") -> Path:
    """The source squeezed, its graph with it."""
    stored = stored_of(source)
    kinds = {name: Kind.LAYER for name, one in stored.tensors.items() if one.ndim == 2}
    (asked,) = chosen((method,))
    made = squeezed(Weights(stored.tensors, kinds, dtypes=stored.dtypes), Choice(asked))
    with path.open("wb") as stream:
        write_model(stream, with_graph(made, source))
    return path


def answers(session: onnxruntime.InferenceSession) -> Reals:
    found: Reals = session.run(None, {"ids": WORDS})[0]
    return found


def right(table: Reals = TABLE, weight: Reals = WEIGHT) -> Reals:
    found: Reals = table[WORDS].mean(1) @ weight + BIAS
    return found


@pytest.mark.parametrize("more", [{}, {"save_as_external_data": True, "location": "data.bin", "size_threshold": 0}])
def test_a_graph_comes_back_from_its_codes_and_answers_nearly_as_before(tmp_path: Path, more: dict[str, Any]) -> None:
    path = small(tmp_path / "small.safetensors", graph(tmp_path / "model.onnx", **more))
    restore(path, tmp_path / "back.onnx", Wish(None))
    onnx.checker.check_model(str(tmp_path / "back.onnx"), full_check=True)
    weights = deadweight.numpy_weights(path)
    session = onnxruntime.InferenceSession(tmp_path / "back.onnx", providers=["CPUExecutionProvider"])
    assert np.allclose(answers(session), right(weights["table"], weights["weight"]), atol=2e-3)
    assert np.abs(answers(session) - right()).max() < 0.05
    assert {one.name for one in read(tmp_path / "back.onnx").tensors} == {"table", "weight", "bias", "shape"}


def test_the_weights_are_not_in_the_file_a_second_time(tmp_path: Path) -> None:
    source = graph(tmp_path / "model.onnx")
    path = small(tmp_path / "small.safetensors", source)
    assert path.stat().st_size < source.stat().st_size / 3
    assert len(squeezed_model(path).recipe[GRAPH]) < 1500


def test_a_session_of_the_file_and_one_in_eight_bits_are_near_to_the_original(tmp_path: Path) -> None:
    path = small(tmp_path / "small.safetensors", graph(tmp_path / "model.onnx"))
    before = names(tmp_path)
    for int8 in (False, True):
        found = answers(deadweight.onnx_session(path, int8=int8))
        assert float(np.sqrt(np.mean((found - right()) ** 2))) < 0.03 * float(right().std())
    assert names(tmp_path) == before


def test_a_tensor_whose_name_is_longer_than_its_codes_comes_back(tmp_path: Path) -> None:
    name = "encoder/layer/0/attention/output/LayerNorm.scale"
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["rows"]),
        helper.make_node("ReduceMean", ["rows"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("Mul", ["mean", name], ["y"]),
    ]
    scale = np.linspace(1, 2, 300, dtype=np.float32)
    held = [numpy_helper.from_array(one, to) for one, to in ((TABLE[:, :1] + scale, "table"), (scale, name))]
    given = helper.make_tensor_value_info("ids", TensorProto.INT64, ("n", "words"))
    told = helper.make_tensor_value_info("y", TensorProto.FLOAT, ("n", 300))
    whole = helper.make_graph(nodes, "g", [given], [told], held)
    made = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(made, tmp_path / "model.onnx")
    path = small(tmp_path / "small.safetensors", tmp_path / "model.onnx")
    wanted = (TABLE[:, :1] + scale)[WORDS].mean(1) * scale
    assert np.allclose(answers(deadweight.onnx_session(path)), wanted, atol=0.1)


@pytest.mark.parametrize("ending", [".safetensors", ".npz", ".pt"])
def test_the_new_name_says_the_form_of_the_plain_weights(tmp_path: Path, ending: str) -> None:
    path = small(tmp_path / "small.safetensors", graph(tmp_path / "model.onnx"))
    done = restore(path, tmp_path / f"plain{ending}", Wish(form_of(tmp_path / f"plain{ending}")))
    assert done.after == (tmp_path / f"plain{ending}").stat().st_size
    wanted = deadweight.numpy_weights(path)
    back = stored_of(tmp_path / f"plain{ending}").tensors
    assert {name: one.tobytes() for name, one in back.items()} == {name: one.tobytes() for name, one in wanted.items()}


def test_bfloat16_comes_back_as_such_and_numpy_is_told_to_lack_it(tmp_path: Path) -> None:
    import ml_dtypes

    made = SqueezedModel({}, {"w": np.array([1.5, -2.0], np.float32)}, dtypes={"w": "bfloat16"})
    with (tmp_path / "small.safetensors").open("wb") as stream:
        write_model(stream, made)
    restore(tmp_path / "small.safetensors", tmp_path / "a.safetensors", Wish(form_of(tmp_path / "a.safetensors")))
    held = load_file(tmp_path / "a.safetensors")["w"]
    assert held.dtype == ml_dtypes.bfloat16
    assert held.astype(float).tolist() == [1.5, -2.0]
    with pytest.raises(UsageError, match="no name for bfloat16"):
        restore(tmp_path / "small.safetensors", tmp_path / "a.npz", Wish(form_of(tmp_path / "a.npz")))
    assert names(tmp_path) == ["a.safetensors", "small.safetensors"]


def test_weights_without_a_graph_need_the_task_that_builds_their_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = SqueezedModel({}, {"w": np.zeros(3, np.float32)})
    with (tmp_path / "small.safetensors").open("wb") as stream:
        write_model(stream, made)
    assert run(["model", "restore", str(tmp_path / "small.safetensors"), "-o", str(tmp_path / "a.onnx")]) == 2
    assert "--task" in capsys.readouterr().err
    with pytest.raises(UsageError, match="have no graph"):
        deadweight.onnx_session(tmp_path / "small.safetensors")


def test_a_graph_whose_weights_are_missing_is_damaged(tmp_path: Path) -> None:
    path = small(tmp_path / "small.safetensors", graph(tmp_path / "model.onnx"))
    model = squeezed_model(path)
    for lie in ({GRAPH: "AAAA"}, {GRAPH: "no base 64"}, {"graph bytes": 3}):
        with (tmp_path / "lying.safetensors").open("wb") as stream:
            write_model(stream, SqueezedModel(model.squeezed, model.plain, {**model.recipe, **lie}, model.dtypes))
        with pytest.raises(Corrupt):
            deadweight.onnx_session(tmp_path / "lying.safetensors")
    with (tmp_path / "lying.safetensors").open("wb") as stream:
        write_model(stream, SqueezedModel({}, model.plain, model.recipe, model.dtypes))
    with pytest.raises(Corrupt, match="is not there in that shape"):
        deadweight.onnx_session(tmp_path / "lying.safetensors")
