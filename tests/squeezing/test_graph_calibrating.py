"""What the layers of an ONNX graph are given; onnxruntime says what they make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from deadweight.judging.array import Array
from deadweight.squeezing.calibration.graph_layers import calibrated_graph
from deadweight.squeezing.calibration.graph_patches import patches
from deadweight.squeezing.calibration.moments import Calibration

pytest.importorskip("onnxruntime")
_RANDOM = np.random.default_rng(11)


def _normal(*shape: int) -> NDArray[np.float32]:
    return _RANDOM.normal(size=shape).astype(np.float32)


def _graph(
    path: Path, nodes: Sequence[onnx.NodeProto], weights: Mapping[str, Array], given: Sequence[int | str]
) -> onnx.ModelProto:
    """A graph of one input `x` of that shape, after the batch; its output is `y`."""
    kind = TensorProto.INT64 if any(node.op_type == "Gather" for node in nodes) else TensorProto.FLOAT
    graph = helper.make_graph(
        list(nodes),
        "one",
        [helper.make_tensor_value_info("x", kind, ["batch", *given])],
        [onnx.ValueInfoProto(name="y")],
        [numpy_helper.from_array(np.ascontiguousarray(one), name) for name, one in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
    return model


def _answer(path: Path, inputs: Array) -> NDArray[np.float32]:
    import onnxruntime

    found = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(["y"], {"x": inputs})
    return np.asarray(found[0], dtype=np.float32)


def _calibrated(path: Path, inputs: NDArray[Any]) -> Calibration:
    return calibrated_graph(path, list(inputs))


def test_the_inputs_of_a_product_go_along_the_first_axis_and_the_sum_after_it_is_its_bias(tmp_path: Path) -> None:
    nodes = [helper.make_node("MatMul", ["x", "w"], ["m"]), helper.make_node("Add", ["m", "b"], ["y"])]
    _graph(tmp_path / "m.onnx", nodes, {"w": _normal(6, 4), "b": _normal(4)}, [6])
    inputs = _normal(50, 6) + np.float32(3)
    layer = _calibrated(tmp_path / "m.onnx", inputs).layers["w"]
    assert (layer.is_turned, layer.bias, layer.count) == (True, "b", 50)
    assert np.allclose(layer.products, inputs.T @ inputs, rtol=1e-4)
    around = inputs - inputs.mean(axis=0)
    assert np.allclose(layer.moments, around.T @ around, rtol=1e-2, atol=0.05)


def test_a_product_that_more_than_a_sum_reads_has_no_bias(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["m"]),
        helper.make_node("Add", ["m", "b"], ["n"]),
        helper.make_node("Mul", ["m", "n"], ["y"]),
    ]
    _graph(tmp_path / "m.onnx", nodes, {"w": _normal(6, 4), "b": _normal(4)}, [6])
    assert _calibrated(tmp_path / "m.onnx", _normal(9, 6)).layers["w"].bias is None


@pytest.mark.parametrize("across", [0, 1])
def test_gemm_has_its_weights_either_way_round(tmp_path: Path, across: int) -> None:
    weight = _normal(4, 6) if across else _normal(6, 4)
    node = helper.make_node("Gemm", ["x", "w", "b"], ["y"], transB=across)
    _graph(tmp_path / "m.onnx", [node], {"w": weight, "b": _normal(4)}, [6])
    layer = _calibrated(tmp_path / "m.onnx", _normal(50, 6)).layers["w"]
    assert (layer.is_turned, layer.bias, layer.products.shape) == (not across, "b", (6, 6))


def test_a_gemm_that_scales_its_bias_has_none(tmp_path: Path) -> None:
    node = helper.make_node("Gemm", ["x", "w", "b"], ["y"], beta=0.5)
    _graph(tmp_path / "m.onnx", [node], {"w": _normal(6, 4), "b": _normal(4)}, [6])
    assert _calibrated(tmp_path / "m.onnx", _normal(9, 6)).layers["w"].bias is None


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"pads": [1, 2, 1, 0]},
        {"strides": [2, 1], "pads": [1, 1, 1, 1]},
        {"dilations": [2, 1]},
        {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
        {"auto_pad": "SAME_LOWER"},
        {"auto_pad": "VALID"},
    ],
)
def test_what_a_convolution_sees_times_its_weights_is_what_onnxruntime_makes(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    weight, inputs = _normal(5, 3, 3, 2), _normal(2, 3, 9, 8)
    node = helper.make_node("Conv", ["x", "w"], ["y"], **settings)
    _graph(tmp_path / "c.onnx", [node], {"w": weight}, [3, 9, 8])
    right = np.moveaxis(_answer(tmp_path / "c.onnx", inputs), 1, -1).reshape(-1, 5)
    seen = patches(node, inputs, weight.shape)
    assert np.allclose(seen @ weight.reshape(5, -1).T, right, atol=1e-4)
    layer = _calibrated(tmp_path / "c.onnx", inputs).layers["w"]
    assert np.allclose(layer.products, seen.T.astype(np.float64) @ seen, rtol=1e-4, atol=1e-3)


def test_layers_behind_others_are_seen_too(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "c", "b"], ["h"]),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("ConvTranspose", ["r", "t"], ["y"]),
    ]
    weights = {"c": _normal(5, 3, 3), "b": _normal(5), "t": _normal(5, 2, 4)}
    _graph(tmp_path / "c.onnx", nodes, weights, [3, 12])
    found = _calibrated(tmp_path / "c.onnx", _normal(7, 3, 12)).layers
    assert found["c"].bias == "b"
    assert found["t"].is_turned
    assert (found["t"].products.shape, found["t"].count) == ((5, 5), 7 * 10)


def test_convolutions_in_groups_are_not_reached(tmp_path: Path) -> None:
    node = helper.make_node("Conv", ["x", "w"], ["y"], group=3)
    _graph(tmp_path / "c.onnx", [node], {"w": _normal(3, 1, 3)}, [3, 12])
    assert not _calibrated(tmp_path / "c.onnx", _normal(7, 3, 12)).reached


def test_look_ups_are_counted_from_the_end_too(tmp_path: Path) -> None:
    node = helper.make_node("Gather", ["w", "x"], ["y"])
    _graph(tmp_path / "g.onnx", [node], {"w": _normal(5, 4)}, [3])
    found = _calibrated(tmp_path / "g.onnx", np.array([[0, 1, 1], [4, -1, 1]]))
    assert found.tables["w"].tolist() == [1, 3, 0, 0, 2]


def test_gates_are_given_inputs_and_their_own_states(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Transpose", ["x"], ["t"], perm=[1, 0, 2]),
        helper.make_node("LSTM", ["t", "w", "r"], ["y"], hidden_size=4),
    ]
    weights = {"w": _normal(1, 16, 3), "r": _normal(1, 16, 4)}
    _graph(tmp_path / "l.onnx", nodes, weights, [6, 3])
    inputs = _normal(5, 6, 3)
    found = _calibrated(tmp_path / "l.onnx", inputs)
    states = _answer(tmp_path / "l.onnx", inputs).reshape(-1, 4)
    assert found.gates == {"w", "r"}
    assert np.allclose(found.layers["r"].products, states.T @ states, rtol=1e-3)
    flat = inputs.reshape(-1, 3)
    assert np.allclose(found.layers["w"].products, flat.T @ flat, rtol=1e-3)
