"""ONNX: a graph in protobuf with its tensors in it, or in files beside it.

Tensors are the initializers of the graph and those in the attributes of its nodes (Constant), in all graphs within.
Source: onnx/onnx.proto.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.errors import Corrupt, DeadweightError
from deadweight.core.model_seams import ModelReader
from deadweight.core.tensor import Checkpoint
from deadweight.models.gathering import Gathering
from deadweight.models.protobuf import LENGTH, Field, fields, text
from deadweight.models.readers.onnx_tensors import Tensors, message
from deadweight.models.window import Window, of_file

_GRAPH, _FUNCTIONS, _PRODUCER, _VERSION, _PROPERTY = 7, 25, 2, 3, 14
_NODE, _INITIALIZER, _SPARSE, _OUTPUT = 1, 5, 15, 12
_INPUTS, _NODE_OUTPUTS, _NODE_NAME, _ATTRIBUTE = 1, 2, 3, 5
_ATTRIBUTE_NAME, _TENSOR, _SUBGRAPH, _TENSORS, _SUBGRAPHS = 1, 5, 6, 10, 11
_MODEL_FIELDS = frozenset((*range(1, 9), 14, 20, 25, 26))
_DEEPEST = 32


def recognise(path: Path, head: bytes) -> bool:
    """Field 1, the version of the format, and a whole model of known fields with a graph."""
    if head[:1] != b"\x08" or len(head) < 2 or not 1 <= head[1] <= 31:
        return False
    try:
        with path.open("rb") as file:
            window = of_file(file.fileno(), str(path))
            found = [one.number for one in fields(window, 0, window.size)]
    except DeadweightError:
        return path.suffix == ".onnx"
    return _GRAPH in found and set(found) <= _MODEL_FIELDS


def read(path: Path) -> Checkpoint:
    """The tensors of the graph, and those that nothing in it reads."""
    with path.open("rb") as file:
        return _read(of_file(file.fileno(), str(path)), path)


def _read(window: Window, path: Path) -> Checkpoint:
    gathering = Gathering(str(path))
    walk = _Walk(window, Tensors(path, gathering))
    metadata = {}
    for one in fields(window, 0, window.size):
        if one.number == _GRAPH:
            walk.graph(one, "")
        elif one.number == _FUNCTIONS:
            walk.function(one)
        elif one.number in (_PRODUCER, _VERSION):
            metadata["producer" if one.number == _PRODUCER else "producer version"] = text(window, one)
    inside = sum(storage.length for storage in gathering.storages if storage.file == path.name)
    return Checkpoint(
        format="ONNX",
        location=str(path),
        files={path.name: window.size, **walk.tensors.outside},
        tensors=tuple(gathering.tensors),
        storages=tuple(gathering.storages),
        parts={"graph": window.size - inside},
        metadata=metadata,
        has_graph=True,
        unread=tuple(index for index, name in walk.initializers if name not in walk.read),
    )


@dataclass(slots=True)
class _Walk:
    """What was seen of the graphs: the initializers by index, and every name that a node or an output reads."""

    window: Window
    tensors: Tensors
    initializers: list[tuple[int, str]] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    names: dict[str, int] = field(default_factory=dict)

    def graph(self, whole: Field, prefix: str, depth: int = 0) -> None:
        if depth > _DEEPEST:
            raise Corrupt(f"graphs nested over {_DEEPEST} deep", where=self.window.where)
        for one in self._inside(whole):
            if one.number == _NODE:
                self.node(one, prefix, depth)
            elif one.number == _INITIALIZER:
                self.tensor(one, prefix, "", is_initializer=True)
            elif one.number == _SPARSE:
                self.sparse(one, prefix)
            elif one.number == _OUTPUT:
                self.read.update(text(self.window, inner) for inner in self._inside(one) if inner.number == 1)

    def function(self, whole: Field) -> None:
        for one in self._inside(whole):
            if one.number == 7:
                self.node(one, "function/", 1)

    def sparse(self, whole: Field, prefix: str) -> None:
        """Values and indices; the values carry the name."""
        for one in self._inside(whole):
            if one.number in (1, 2):
                self.tensor(one, prefix, "indices" if one.number == 2 else "", is_initializer=one.number == 1)

    def tensor(self, one: Field, prefix: str, fallback: str, *, is_initializer: bool = False) -> None:
        found = message(self.window, one.start, one.length)
        name = found.name if is_initializer and found.name else fallback or found.name or "tensor"
        index = self.tensors.take(self.window, found, self._unique(prefix + name))
        if index is not None and is_initializer:
            self.initializers.append((index, found.name))

    def node(self, whole: Field, prefix: str, depth: int) -> None:
        outputs: list[str] = []
        attributes = []
        for one in self._inside(whole):
            if one.number == _INPUTS:
                self.read.add(text(self.window, one))
            elif one.number == _NODE_OUTPUTS:
                outputs.append(text(self.window, one))
            elif one.number == _ATTRIBUTE:
                attributes.append(one)
        for one in attributes:
            self.attribute(one, prefix, outputs[0] if outputs else "", depth)

    def attribute(self, whole: Field, prefix: str, output: str, depth: int) -> None:
        parts = list(self._inside(whole))
        name = next((text(self.window, one) for one in parts if one.number == _ATTRIBUTE_NAME), "")
        for one in parts:
            if one.number in (_TENSOR, _TENSORS) and one.wire == LENGTH:
                self.tensor(one, prefix, output if name == "value" else f"{output}.{name}")
            elif one.number in (_SUBGRAPH, _SUBGRAPHS) and one.wire == LENGTH:
                self.graph(one, f"{prefix}{name}/", depth + 1)

    def _unique(self, name: str) -> str:
        """Names of different graphs may be the same: the second gets a number."""
        self.names[name] = self.names.get(name, 0) + 1
        return name if self.names[name] == 1 else f"{name}#{self.names[name]}"

    def _inside(self, whole: Field) -> Iterator[Field]:
        if whole.wire != LENGTH:
            raise Corrupt(f"the field {whole.number} at offset {whole.at} is no message", where=self.window.where)
        return fields(self.window, whole.start, whole.length)


MODEL_READER: ModelReader = ModelReader("ONNX", "graphs of ONNX, with the files of their data", 40, recognise, read)
