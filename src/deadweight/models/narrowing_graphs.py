"""The numbers of an ONNX graph in a narrower dtype: each tensor is stored so and cast back where the graph reads it.

So every graph stays valid whatever its operators take, and computes as it did; runtimes fold the cast when they load.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blake3 import blake3

from deadweight.core.conversion import Cast, Converted
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.progress import SILENT, Progress
from deadweight.core.tensor import BITS, Checkpoint
from deadweight.models import onnx_files
from deadweight.models.bodies import elements
from deadweight.models.casting import FLOATS, Casting
from deadweight.models.readers.onnx_tensors import DTYPES
from deadweight.models.reading import read

SMALLEST = 256
"""Elements below which a tensor stays as it is: a constant of a formula is no weight."""
_NUMBERS = {name: number for number, name in DTYPES.items()}
_FIRST_BFLOAT16 = 13
_FIRST_FREE_INITIALIZERS = 4
_KEPT_OPERATORS = ("QuantizeLinear", "DequantizeLinear")


@dataclass(slots=True)
class _Narrowing:
    """What was done so far: casts by tensor, the digests of what was made."""

    dtype: str
    folder: Path
    progress: Progress
    casts: dict[str, Cast] = field(default_factory=dict)
    digests: Counter[str] = field(default_factory=Counter)

    def narrow(self, tensor: Any, name: str) -> None:  # noqa: ANN401  protobuf is not typed
        """The same tensor in the dtype."""
        source = DTYPES[tensor.data_type]
        body = _raw(onnx_files.loaded(tensor, self.folder))
        casting = Casting(Cast(source, self.dtype, 1), source)
        made = b"".join(casting.pieces((body,)))
        for kind in ("float_data", "double_data", "int32_data"):
            tensor.ClearField(kind)
        tensor.raw_data, tensor.data_type = made, _NUMBERS[self.dtype]
        self.casts[name] = casting.told
        self.digests[blake3(made).hexdigest()] += 1
        self.progress.advance(len(body))


def narrowed(
    path: Path, out: Path, dtype: str, *, allows_overflow: bool = False, progress: Progress = SILENT
) -> Converted:
    """Write the graph with its numbers in `dtype`, empty for the one they have; tensors of other files come inside.

    Raises UsageError where nothing is wider than the dtype, for values beyond it, and where the graph's operators are
    older than it; Corrupt where the result does not read back.
    """
    checkpoint, model = onnx_files.graph_of(path)
    _check_version(model, dtype, path)
    work = _Narrowing(dtype, path.parent, progress)
    progress.start("converting", sum(one.size for one in checkpoint.tensors))
    for graph in onnx_files.graphs(model.graph) if dtype else ():
        _narrow_graph(graph, work)
    _check(work, path, allows_overflow)
    for tensor in onnx_files.tensors(model.graph):
        onnx_files.loaded(tensor, path.parent)
    model.ir_version = max(model.ir_version, _FIRST_FREE_INITIALIZERS)
    after = onnx_files.write(model, out, checkpoint, lambda back: _compare(back, work))
    back = read(out)
    progress.finish()
    casts: dict[str, Cast] = {}
    for one in work.casts.values():
        casts[one.source] = casts[one.source].with_more(one) if one.source in casts else one
    form = (str(path), str(out), "ONNX", "ONNX", checkpoint.size, after, len(back.tensors))
    return Converted(*form, tuple(casts.values()), _kept(back, dtype))


def _raw(tensor: Any) -> bytes:  # noqa: ANN401  as above
    if tensor.raw_data:
        return bytes(tensor.raw_data)
    from onnx import numpy_helper

    return bytes(numpy_helper.to_array(tensor).tobytes())


def _is_wide(tensor: Any, dtype: str) -> bool:  # noqa: ANN401  as above
    source = DTYPES.get(tensor.data_type, "")
    count = 1
    for length in tensor.dims:
        count *= length
    return source in FLOATS and BITS[source] > BITS[dtype] and count >= SMALLEST


def _narrow_graph(graph: Any, work: _Narrowing) -> None:  # noqa: ANN401  as above
    """Store the graph's own tensors in the dtype, a cast before everything that reads them."""
    scales = {name for node in graph.node if node.op_type in _KEPT_OPERATORS for name in node.input}
    nodes = list(_casts_of_initializers(graph, work, scales))
    for node in graph.node:
        nodes.append(node)
        nodes.extend(_cast_of_constant(node, work, scales))
    made = [_copied(node) for node in nodes]
    del graph.node[:]
    graph.node.extend(made)


def _copied(node: Any) -> Any:  # noqa: ANN401  as above
    """A node of its own: protobuf frees those that are taken off a list."""
    copy = type(node)()
    copy.CopyFrom(node)
    return copy


def _casts_of_initializers(graph: Any, work: _Narrowing, scales: set[str]) -> Iterator[Any]:  # noqa: ANN401  as above
    inputs = {one.name: one for one in graph.input}
    for tensor in graph.initializer:
        if tensor.name in scales or not _is_wide(tensor, work.dtype):
            continue
        if tensor.name in inputs:  # a default that a caller could replace, which no runtime folds
            graph.input.remove(inputs[tensor.name])
        name, source = tensor.name, tensor.data_type
        work.narrow(tensor, name)
        tensor.name = _stored_name(name, work.dtype)
        yield _cast(tensor.name, name, source)


def _cast_of_constant(node: Any, work: _Narrowing, scales: set[str]) -> Iterator[Any]:  # noqa: ANN401  as above
    value = next((one.t for one in node.attribute if one.name == "value" and one.HasField("t")), None)
    if node.op_type != "Constant" or value is None or node.output[0] in scales or not _is_wide(value, work.dtype):
        return
    name, source = node.output[0], value.data_type
    work.narrow(value, name)
    node.output[0] = _stored_name(name, work.dtype)
    yield _cast(node.output[0], name, source)


def _stored_name(name: str, dtype: str) -> str:
    return f"{name}.{dtype}"


def _cast(given: str, told: str, dtype: int) -> Any:  # noqa: ANN401  as above
    from onnx import helper

    return helper.make_node("Cast", [given], [told], name=f"{told}.cast", to=dtype)


def _check_version(model: Any, dtype: str, path: Path) -> None:  # noqa: ANN401  as above
    version = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), 0)
    if dtype == "bfloat16" and version < _FIRST_BFLOAT16:
        raise UsageError(
            f"its operators are of version {version}, and bfloat16 came with {_FIRST_BFLOAT16}",
            where=str(path),
            advice="--dtype fp16, or have it rewritten: onnx.version_converter.",
        )


def _check(work: _Narrowing, path: Path, allows_overflow: bool) -> None:
    if work.dtype and not work.casts:
        raise UsageError(
            f"no tensor of {SMALLEST} elements or more is wider than {work.dtype}",
            where=str(path),
            advice="Without --dtype the graph is written as it is, tensors of other files inside.",
        )
    over = {name: cast.overflowed for name, cast in work.casts.items() if cast.overflowed}
    if over and not allows_overflow:
        raise UsageError(
            f"{work.dtype} cannot hold {sum(over.values())} values ({', '.join(over)}): they would become infinite",
            where=str(path),
            advice="--dtype bf16 reaches as far as fp32; --allow-overflow writes infinity.",
        )


def _compare(back: Checkpoint, work: _Narrowing) -> None:
    found = Counter[str]()
    for tensor in back.tensors:
        if tensor.dtype == work.dtype:
            hasher = blake3()
            for piece in elements(back, tensor):
                hasher.update(piece)
            found[hasher.hexdigest()] += 1
    if work.digests - found:
        raise Corrupt(f"{(work.digests - found).total()} tensors did not come out as written", where=back.location)


def _kept(back: Checkpoint, dtype: str) -> dict[str, int]:
    kept: dict[str, int] = {}
    for one in back.tensors:
        if one.dtype != dtype:
            kept[one.dtype] = kept.get(one.dtype, 0) + one.size
    return kept
