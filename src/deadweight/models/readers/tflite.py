"""TensorFlow Lite: a flatbuffer of tensors, each with the number of a buffer.

Source: tensorflow/lite/schema/schema.fbs, flatbuffers' internals. Buffers over 2 GB lie behind the flatbuffer, by
offset and size.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.model_seams import ModelReader
from deadweight.core.tensor import BITS, Checkpoint, Storage, Tensor
from deadweight.models.gathering import Gathering, bytes_of
from deadweight.models.window import Window, of_file

MAGIC = b"TFL3"
_NAMES = """
float32 float16 int32 uint8 int64 string bool int16 complex64 int8 float64 complex128 uint64 resource variant uint32
uint16 int4 bfloat16
"""
DTYPES = dict(enumerate(_NAMES.split()))
"""TensorType by number."""
_SUBGRAPHS, _BUFFERS, _TENSORS = 2, 4, 0
_SHAPE, _TYPE, _BUFFER, _NAME = 0, 1, 2, 3
_DATA, _OFFSET, _SIZE = 0, 1, 2
_MOST = 10_000_000


def recognise(path: Path, head: bytes) -> bool:
    """The identifier behind the first offset."""
    return head[4:8] == MAGIC


def read(path: Path) -> Checkpoint:
    """The tensors that have bytes in the file."""
    with path.open("rb") as file:
        return _read(_Flat(of_file(file.fileno(), str(path))), path)


class _Flat:
    """A flatbuffer: tables of fields, vectors, texts."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def number(self, at: int, width: int) -> int:
        return int.from_bytes(self.window.read(at, width), "little")

    def field(self, table: int, index: int) -> int:
        """Where the field of the table lies, 0 where it is left out."""
        signed = int.from_bytes(self.window.read(table, 4), "little", signed=True)
        fields = table - signed
        place = 4 + 2 * index
        offset = self.number(fields + place, 2) if place < self.number(fields, 2) else 0
        return table + offset if offset else 0

    def followed(self, at: int) -> int:
        """What the offset there leads to."""
        return at + self.number(at, 4)

    def plain(self, table: int, index: int, width: int) -> int:
        """A number of the table, 0 where it is left out."""
        at = self.field(table, index)
        return self.number(at, width) if at else 0

    def vector(self, table: int, index: int) -> tuple[int, int]:
        """Where the items of a vector start, and how many there are."""
        at = self.field(table, index)
        if not at:
            return 0, 0
        start = self.followed(at)
        return start + 4, self.number(start, 4)

    def tables(self, table: int, index: int) -> Iterator[int]:
        """The tables of a vector."""
        start, count = self.vector(table, index)
        if count > _MOST:
            raise Corrupt(f"a vector of {count} tables", where=self.window.where)
        for place in range(count):
            yield self.followed(start + 4 * place)

    def text(self, table: int, index: int) -> str:
        start, length = self.vector(table, index)
        return self.window.read(start, length).decode("utf-8", "replace") if length else ""


def _read(flat: _Flat, path: Path) -> Checkpoint:
    model = flat.followed(0)
    gathering, gaps = Gathering(str(path)), list[Gap]()
    buffers = [_stored(flat, table) for table in flat.tables(model, _BUFFERS)]
    for number, subgraph in enumerate(flat.tables(model, _SUBGRAPHS)):
        for table in flat.tables(subgraph, _TENSORS):
            index = flat.plain(table, _BUFFER, 4)
            if index >= len(buffers):
                raise Corrupt(f"a tensor in buffer {index} of {len(buffers)}", where=str(path))
            if buffers[index][1]:
                _add(flat, table, (gathering, gaps), (f"{number}/" if number else "", buffers[index]))
    size = flat.window.size
    parts = {"graph": size - sum(one.length for one in gathering.storages)}
    return Checkpoint("tflite", str(path), {path.name: size}, *gathering.both, parts, gaps=tuple(gaps), has_graph=True)


def _stored(flat: _Flat, table: int) -> tuple[int, int]:
    """Where the bytes of a buffer lie, and how many."""
    offset, size = flat.plain(table, _OFFSET, 8), flat.plain(table, _SIZE, 8)
    start, length = (offset, size) if offset > 1 else flat.vector(table, _DATA)
    flat.window.check(start, length)
    return start, length


def _add(flat: _Flat, table: int, found: tuple[Gathering, list[Gap]], place: tuple[str, tuple[int, int]]) -> None:
    gathering, gaps = found
    prefix, (start, length) = place
    name = prefix + flat.text(table, _NAME)
    dtype = DTYPES.get(flat.plain(table, _TYPE, 1), "")
    axes, count = flat.vector(table, _SHAPE)
    shape = tuple(flat.number(axes + 4 * axis, 4) for axis in range(count))
    if dtype not in BITS:
        gaps.append(Gap("tensors", f"{gathering.where}, {name}", f"its type {dtype or 'number'} is not read"))
        return
    size = bytes_of(dtype, shape, f"{gathering.where}, {name}")
    if size != length:
        gaps.append(Gap("tensors", f"{gathering.where}, {name}", f"{length} bytes stand for {size}: sparse or packed"))
        return
    index = gathering.storage(Storage(name, Path(gathering.where).name, start, length, length))
    gathering.add(Tensor(name, dtype, shape, size, index, path=(name,)))


MODEL_READER: ModelReader = ModelReader("tflite", "models of TensorFlow Lite", 16, recognise, read)
