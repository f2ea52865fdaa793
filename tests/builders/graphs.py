"""ONNX graphs and samples for tests of models that run by themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from deadweight.judging.array import Array

FLOAT = TensorProto.FLOAT


def classifier(path: Path, weights: Array, batch: int | str = "batch", ending: str = "") -> Path:
    """`answers = inputs @ weights`, through the operator that `ending` names where it names one."""
    last = "product" if ending else "answers"
    nodes = [helper.make_node("MatMul", ["inputs", "weights"], [last])]
    if ending:
        nodes.append(helper.make_node(ending, [last], ["answers"]))
    graph = helper.make_graph(
        nodes,
        "classifier",
        [helper.make_tensor_value_info("inputs", FLOAT, [batch, weights.shape[0]])],
        [helper.make_tensor_value_info("answers", FLOAT, [batch, weights.shape[1]])],
        [numpy_helper.from_array(weights.astype(np.float32), "weights")],
    )
    return saved(path, graph)


def two_inputs(path: Path) -> Path:
    """`sum = first + second` and `twice = first + first`, whole numbers of any length."""
    kind = TensorProto.INT64
    graph = helper.make_graph(
        [helper.make_node("Add", ["first", "second"], ["sum"]), helper.make_node("Add", ["first", "first"], ["twice"])],
        "sums",
        [helper.make_tensor_value_info(name, kind, ["batch", "length"]) for name in ("first", "second")],
        [helper.make_tensor_value_info(name, kind, ["batch", "length"]) for name in ("sum", "twice")],
    )
    return saved(path, graph)


def saved(path: Path, graph: onnx.GraphProto) -> Path:
    """The graph as a file that onnxruntime opens."""
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path


def normal(*shape: int, seed: int = 0) -> NDArray[np.float32]:
    """Numbers of a normal distribution, float32."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def samples(path: Path, **columns: Array) -> Path:
    """The columns as npz."""
    np.savez(path, **columns)  # type: ignore[arg-type]  # its stub takes no mapping
    return path
