"""Graphs of ONNX as files: read whole, written with their tensors inside, or beside where they are over 2 GB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deadweight.core.errors import Corrupt, Lacking, UsageError
from deadweight.formats.output import put_in_place, refuse_inside, scratch_directory
from deadweight.models.reading import read

if TYPE_CHECKING:
    from deadweight.core.tensor import Checkpoint

MOST_INSIDE = 1_900_000_000
"""Bytes of tensors that are kept in the file itself; protobuf ends at 2 GB."""
SMALLEST_BESIDE = 1024
_ALIGNMENT = 4096
DATA = ".data"


def onnx_library() -> Any:  # noqa: ANN401  a module
    """The onnx package; raises Lacking where it is not there."""
    try:
        import onnx
    except ImportError as fault:
        raise Lacking("graphs take the onnx package", advice="pip install 'deadweight[models]'") from fault
    return onnx


def graph_of(path: Path) -> tuple[Checkpoint, Any]:
    """The file as we read it, which refuses what would mislead, and its ModelProto, tensors of other files not loaded.

    Raises UsageError for a file that is no ONNX, Corrupt for one that the library cannot read.
    """
    checkpoint = read(path)
    if checkpoint.format != "ONNX":
        raise UsageError(
            f"it is of {checkpoint.format}, which has no graph that is read",
            where=str(path),
            advice="A graph is made of a torch model by running it: --task TASK.py, with its example(inputs).",
        )
    onnx = onnx_library()
    try:
        return checkpoint, onnx.load(path, load_external_data=False)
    except ValueError as fault:  # DecodeError of protobuf is one
        raise Corrupt(f"onnx cannot read it ({fault})", where=str(path)) from fault


def graphs(graph: Any) -> Iterator[Any]:  # noqa: ANN401  protobuf is not typed
    """The graph, and those within its nodes."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from graphs(attribute.g)
            for inner in attribute.graphs:
                yield from graphs(inner)


def tensors(graph: Any) -> Iterator[Any]:  # noqa: ANN401  as above
    """The initializers and the values of constants of the graph and those within."""
    for one in graphs(graph):
        yield from one.initializer
        for node in one.node:
            yield from (attribute.t for attribute in node.attribute if attribute.HasField("t"))


def loaded(tensor: Any, folder: Path) -> Any:  # noqa: ANN401  as above
    """The tensor with its bytes in it."""
    from onnx.external_data_helper import load_external_data_for_tensor, uses_external_data

    if uses_external_data(tensor):
        load_external_data_for_tensor(tensor, str(folder))
        tensor.data_location = 0
        del tensor.external_data[:]
    return tensor


def write(model: Any, out: Path, source: Checkpoint, check: Callable[[Checkpoint], object]) -> int:  # noqa: ANN401
    """Write the model, checked by onnx, then by `check` as it reads back; gives the bytes of its files.

    Raises Corrupt where onnx says that it is no valid model, and as outputs do.
    """
    onnx = onnx_library()
    for file in source.files:
        refuse_inside(out, Path(source.location).parent / file)
    with scratch_directory(out) as folder:
        made, beside = folder / out.name, folder / (out.name + DATA)
        _place(model, beside)
        made.write_bytes(model.SerializeToString(deterministic=True))
        try:
            onnx.checker.check_model(str(made))
        except onnx.checker.ValidationError as fault:
            raise Corrupt(f"onnx takes the result for no valid model ({fault})", where=str(out)) from fault
        check(read(made))
        size = sum(one.stat().st_size for one in (made, beside) if one.exists())
        if beside.exists():
            put_in_place(beside, out.with_name(beside.name))
        put_in_place(made, out)
    return size


def _place(model: Any, beside: Path) -> None:  # noqa: ANN401  as above
    """Move the bytes of big tensors to the file beside, where all of them together are too many for one file."""
    from onnx.external_data_helper import set_external_data

    big = [one for one in tensors(model.graph) if len(one.raw_data) >= SMALLEST_BESIDE]
    if sum(len(one.raw_data) for one in big) <= MOST_INSIDE:
        return
    with beside.open("xb") as stream:
        for tensor in big:
            stream.write(b"\0" * (-stream.tell() % _ALIGNMENT))
            set_external_data(tensor, beside.name, stream.tell(), len(tensor.raw_data))
            stream.write(tensor.raw_data)
            tensor.ClearField("raw_data")
