"""ONNX files run by onnxruntime: as they are, or with other weights in place of their initializers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deadweight.core.errors import Lacking, UsageError
from deadweight.judging.array import Array
from deadweight.judging.faults import failing
from deadweight.judging.standalone import Standalone

if TYPE_CHECKING:
    from onnx import GraphProto, TensorProto
    from onnxruntime import InferenceSession

_TYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(bool)": "bool",
    **{f"tensor({sign}int{bits})": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
}
_ERRORS_ONLY = 3
_SHOWN = 5


def onnx_model(path: Path) -> Standalone:
    """The model; raises Lacking without onnx and onnxruntime, UsageError for one that onnxruntime does not take."""
    _check_libraries()
    first = opened(path)
    inputs = first.get_inputs()
    wrong = [f"{one.name} is {one.type}" for one in inputs if one.type not in _TYPES]
    if wrong:
        raise UsageError(f"its inputs are no arrays: {', '.join(wrong)}", where=str(path))
    batch = inputs[0].shape[0] if inputs and inputs[0].shape else 1
    exact = batch if isinstance(batch, int) else 0
    return Standalone(tuple(one.name for one in inputs), _built(path), opened, ran, exact, _note(first))


def _note(session: InferenceSession) -> str:
    names = [one.name for one in session.get_outputs()]
    return f"of its {len(names)} outputs the first is looked at, {names[0]}" if len(names) > 1 else ""


def opened(path: Path) -> InferenceSession:
    """A session of the file, on the CPU, with as many threads as DEADWEIGHT_THREADS says, all where it does not."""
    return _session(str(path), path)


def ran(session: InferenceSession, columns: Sequence[Array]) -> Array:
    """The first output for columns of inputs, each an array (examples, ...) of the dtype that the graph takes."""
    wanted = session.get_inputs()
    given = {one.name: _as_wanted(one.name, one.type, column) for one, column in zip(wanted, columns, strict=True)}
    found = session.run([session.get_outputs()[0].name], given)
    return np.asarray(found[0])


def dtype_of(kind: str) -> np.dtype[Any]:
    """The dtype of what the graph takes, by onnxruntime's word for it; raises KeyError for what is no array."""
    return np.dtype(_TYPES[kind])


def _as_wanted(name: str, kind: str, column: Array) -> Array:
    """The column in the graph's dtype: wider or narrower, never whole numbers of fractions."""
    wanted = dtype_of(kind)
    if column.dtype.kind == "f" and wanted.kind in "iub":
        raise UsageError(f"the graph takes whole numbers, the samples have {column.dtype}", where=f"input {name!r}")
    return np.ascontiguousarray(column, dtype=wanted)


def _session(model: str | bytes, path: Path) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.intra_op_num_threads = int(os.environ.get("DEADWEIGHT_THREADS", "0"))
    options.inter_op_num_threads = 1
    with failing("opening it with onnxruntime", str(path)):
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _built(path: Path) -> Callable[[Mapping[str, Array]], Any]:
    """What gives a session of the graph with other weights."""

    def build(weights: Mapping[str, Array]) -> InferenceSession:
        import onnx

        model = onnx.load(str(path))
        places = dict(_places(model.graph))
        _check_weights({name: tuple(one.dims) for name, one in places.items()}, weights, path)
        for name, one in places.items():
            dtype = onnx.helper.tensor_dtype_to_np_dtype(one.data_type)
            one.CopyFrom(onnx.numpy_helper.from_array(np.asarray(weights[name], dtype=dtype, order="C"), one.name))
        return _session(model.SerializeToString(), path)

    return build


def _places(graph: GraphProto) -> Iterator[tuple[str, TensorProto]]:
    """Initializers by name, and constants by the output of their node, as the reader of ONNX names them."""
    for one in graph.initializer:
        yield one.name, one
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.name == "value" and attribute.HasField("t"):
                yield node.output[0], attribute.t


def _check_weights(shapes: Mapping[str, tuple[int, ...]], weights: Mapping[str, Array], path: Path) -> None:
    wrong = [f"{name} is not among them" for name in shapes if name not in weights]
    wrong += [f"the graph has no {name} at its top" for name in weights if name not in shapes]
    both = (name for name in shapes if name in weights)
    wrong += [f"{name} is {weights[name].shape}" for name in both if tuple(weights[name].shape) != shapes[name]]
    if wrong:
        raise UsageError(f"these are not the weights of the graph: {'; '.join(wrong[:_SHOWN])}", where=str(path))


def _check_libraries() -> None:
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
    except ImportError as fault:
        raise Lacking(f"running ONNX needs {fault.name}", advice="pip install 'deadweight[models]'") from fault
