"""What the layers of an ONNX graph are given on real inputs: a copy of it says what comes to each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deadweight.judging.array import Array
from deadweight.judging.faults import failing
from deadweight.squeezing.calibration.graph_patches import patches
from deadweight.squeezing.calibration.moments import Calibration
from deadweight.squeezing.storing.graphs import named_tensors

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto

_RECURRENT = ("LSTM", "GRU", "RNN")
_ERRORS_ONLY = 3


@dataclass(frozen=True, slots=True)
class _Graph:
    """The graph, the shapes of its weights by name, and what reads each value."""

    graph: GraphProto
    shapes: Mapping[str, tuple[int, ...]]
    readers: Mapping[str, Sequence[NodeProto]] = field(default_factory=dict)

    def vector(self, name: str, length: int) -> str | None:
        """The name, where it is a weight of one axis of that length."""
        return name if self.shapes.get(name) == (length,) else None


@dataclass(frozen=True, slots=True)
class _Watch:
    """A value of the graph that is the input of a weight, and how: `kind` is that of the node, or how it is laid."""

    value: str
    weight: str
    kind: str
    bias: str | None = None
    node: Any = None


def calibrated_graph(path: Path, examples: Sequence[Any]) -> Calibration:
    """Run a copy of the graph on the examples, each an array or one for each input, and give what its layers saw.

    Raises UsageError where onnxruntime does not run it.
    """
    import onnx

    found = Calibration()
    model = onnx.load(str(path))
    graph = _of(model.graph)
    watches = [one for node in model.graph.node for one in _watches(node, graph)]
    found.gates.update(one.weight for one in watches if one.kind in _RECURRENT)
    inputs = [one.name for one in model.graph.input if one.name not in graph.shapes]
    shown = sorted({one.value for one in watches} - set(inputs))
    known = {one.name for one in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in shown if name not in known)
    with failing("running a copy of the graph", str(path)):
        session = _session(model.SerializeToString())
        for example in examples:
            given = _given(session, example)
            values = {**given, **dict(zip(shown, session.run(shown, given) if shown else (), strict=True))}
            for watch in watches:
                _see(watch, values[watch.value], graph, found)
    return found


def is_graph(model: Any) -> bool:  # noqa: ANN401  the user's own model
    """Whether the model is a session of onnxruntime."""
    return hasattr(model, "get_inputs") and hasattr(model, "run")


def _session(model: bytes) -> Any:  # noqa: ANN401  untyped
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _given(session: Any, example: Any) -> dict[str, Array]:  # noqa: ANN401  untyped
    """The example as the graph takes it: one, or as many copies as it has fixed."""
    inputs = session.get_inputs()
    columns = example if isinstance(example, tuple | list) else (example,)
    return {
        one.name: np.repeat(np.asarray(column)[None], one.shape[0] if isinstance(one.shape[0], int) else 1, axis=0)
        for one, column in zip(inputs, columns, strict=True)
    }


def _of(graph: GraphProto) -> _Graph:
    shapes = {name: tuple(one.dims) for name, one in named_tensors(graph)}
    readers: dict[str, list[NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    return _Graph(graph, shapes, readers)


def _watches(node: NodeProto, graph: _Graph) -> Iterator[_Watch]:
    """The weights of a node, and the values that come to them."""
    kinds: Mapping[str, Callable[[NodeProto, _Graph], Iterator[_Watch]]] = {
        "MatMul": _product,
        "Gemm": _gemm,
        "Conv": _convolution,
        "ConvTranspose": _convolution,
        "Gather": _table,
        **dict.fromkeys(_RECURRENT, _recurrent),
    }
    if node.op_type in kinds:
        yield from kinds[node.op_type](node, graph)


def _gemm(node: NodeProto, graph: _Graph) -> Iterator[_Watch]:
    given, weight, *more = node.input
    shape = graph.shapes.get(weight, ())
    if len(shape) != 2 or _number(node, "transA", 0):
        return
    is_turned = not _number(node, "transB", 0)
    bias = graph.vector(more[0], shape[int(is_turned)]) if more and _is_plain(node) else None
    yield _Watch(given, weight, "turned" if is_turned else "rows", bias)


def _convolution(node: NodeProto, graph: _Graph) -> Iterator[_Watch]:
    """Those whose outputs all see all channels."""
    given, weight, *more = node.input
    if weight not in graph.shapes or _number(node, "group", 1) != 1:
        return
    if node.op_type == "ConvTranspose":
        yield _Watch(given, weight, "channels")
    else:
        yield _Watch(given, weight, "Conv", graph.vector(more[0], graph.shapes[weight][0]) if more else None, node)


def _table(node: NodeProto, graph: _Graph) -> Iterator[_Watch]:
    if node.input[0] in graph.shapes and not _number(node, "axis", 0):
        yield _Watch(node.input[1], node.input[0], "Gather")


def _product(node: NodeProto, graph: _Graph) -> Iterator[_Watch]:
    left, right = node.input
    if len(graph.shapes.get(right, ())) == 2 and left not in graph.shapes:
        yield _Watch(left, right, "turned", _added(node, graph, graph.shapes[right][1]))
    elif len(graph.shapes.get(left, ())) == 2 and right not in graph.shapes:
        yield _Watch(right, left, "columns")


def _added(node: NodeProto, graph: _Graph, length: int) -> str | None:
    """The bias that the one reader of a product adds to it."""
    readers = graph.readers.get(node.output[0], ())
    if len(readers) != 1 or readers[0].op_type != "Add":
        return None
    return next((name for one in readers[0].input if (name := graph.vector(one, length))), None)


def _recurrent(node: NodeProto, graph: _Graph) -> Iterator[_Watch]:
    """Weights of inputs, and of the states that the node itself gives."""
    if node.input[1] in graph.shapes:
        yield _Watch(node.input[0], node.input[1], node.op_type)
    if node.input[2] in graph.shapes and node.output[0]:
        yield _Watch(node.output[0], node.input[2], node.op_type)


def _see(watch: _Watch, value: Array, graph: _Graph, found: Calibration) -> None:
    """Add a value to what its weight was given."""
    shape = graph.shapes[watch.weight]
    if watch.kind == "Gather":
        found.look_up(watch.weight, shape[0], value.astype(np.int64) % shape[0])
        return
    layer = found.layer(watch.weight, watch.bias)
    layer.is_turned = watch.kind in ("turned", "channels")
    layer.add(_rows(watch, value, shape))


def _rows(watch: _Watch, value: Array, shape: tuple[int, ...]) -> Any:  # noqa: ANN401  floats
    if watch.kind == "Conv":
        return patches(watch.node, value, shape)
    axis = {"columns": -2, "channels": 1}.get(watch.kind, -1)
    moved = np.moveaxis(value, axis, -1)
    return np.ascontiguousarray(moved, dtype=np.float32).reshape(-1, moved.shape[-1])


def _is_plain(node: NodeProto) -> bool:
    """Whether a Gemm adds its bias as it is."""
    return all(one.f == 1.0 for one in node.attribute if one.name in ("alpha", "beta"))


def _number(node: NodeProto, name: str, default: int) -> int:
    return next((one.i for one in node.attribute if one.name == name), default)
