"""Graphs as files: what misleads is refused before the library sees it, what is written is valid or not there."""

from __future__ import annotations

from pathlib import Path

import numpy
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from builders.command import names
from builders.models import floats, safetensors
from deadweight.core.errors import Corrupt, Hostile, UsageError
from deadweight.models import onnx_files


def graph(weight: onnx.TensorProto | None = None) -> onnx.ModelProto:
    held = weight or numpy_helper.from_array(numpy.ones((4, 4), numpy.float32), "w")
    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ("n", 4)) for name in ("x", "y")]
    node = helper.make_node("MatMul", ["x", held.name], ["y"])
    return helper.make_model(helper.make_graph([node], "g", sides[:1], sides[1:], [held]), ir_version=8)


def saved(path: Path, made: onnx.ModelProto) -> Path:
    path.write_bytes(made.SerializeToString())
    return path


def test_tensors_within_branches_are_found_too() -> None:
    inner = helper.make_graph([], "then", [], [], [numpy_helper.from_array(numpy.ones(3, numpy.float32), "deep")])
    made = graph()
    made.graph.node.append(helper.make_node("If", ["c"], ["z"], then_branch=inner, else_branch=inner))
    assert [one.name for one in onnx_files.tensors(made.graph)] == ["w", "deep", "deep"]


def test_a_tensor_that_lies_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside = onnx.TensorProto(
        name="w", data_type=TensorProto.FLOAT, dims=[4, 4], data_location=onnx.TensorProto.EXTERNAL
    )
    outside.external_data.add(key="location", value="../secret")
    with pytest.raises(Hostile, match="not beside the file"):
        onnx_files.graph_of(saved(tmp_path / "a.onnx", graph(outside)))


def test_a_file_that_has_no_graph_is_told_what_makes_one(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"w": ("F32", (1,), floats(1.0))})
    with pytest.raises(UsageError, match="has no graph") as told:
        onnx_files.graph_of(path)
    assert "--task" in told.value.advice


def test_what_onnx_takes_for_invalid_is_never_written(tmp_path: Path) -> None:
    source, made = onnx_files.graph_of(saved(tmp_path / "a.onnx", graph()))
    made.graph.node[0].op_type = "NoSuchOperator"
    with pytest.raises(Corrupt, match="no valid model"):
        onnx_files.write(made, tmp_path / "b.onnx", source, lambda _: None)
    assert names(tmp_path) == ["a.onnx"]


def test_what_the_last_check_refuses_is_never_written(tmp_path: Path) -> None:
    source, made = onnx_files.graph_of(saved(tmp_path / "a.onnx", graph()))

    def refuse(_: object) -> None:
        raise Corrupt("as it is")

    with pytest.raises(Corrupt, match="as it is"):
        onnx_files.write(made, tmp_path / "b.onnx", source, refuse)
    with pytest.raises(UsageError, match="already there"):
        onnx_files.write(made, tmp_path / "a.onnx", source, lambda _: None)
    assert names(tmp_path) == ["a.onnx"]
