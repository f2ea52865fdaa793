"""GGUF, versions 1 to 3: keys and values, a list of tensors, then their bytes, aligned.

Source: ggml/docs/gguf.md; the sizes of blocks are those of ggml-common.h. Files of version 3 may be big-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path

from deadweight.core.errors import Corrupt, Unknown
from deadweight.core.gap import Gap
from deadweight.core.model_seams import ModelReader
from deadweight.core.tensor import BITS, Checkpoint, Storage, Tensor
from deadweight.models.gathering import Gathering
from deadweight.models.window import Cursor, Window, of_file

MAGIC = b"GGUF"
_PLAIN = {0: "float32", 1: "float16", 24: "int8", 25: "int16", 26: "int32", 27: "int64", 28: "float64", 30: "bfloat16"}
_BLOCKS = {
    2: ("q4_0", 32, 18), 3: ("q4_1", 32, 20), 6: ("q5_0", 32, 22), 7: ("q5_1", 32, 24), 8: ("q8_0", 32, 34),
    9: ("q8_1", 32, 36), 10: ("q2_k", 256, 84), 11: ("q3_k", 256, 110), 12: ("q4_k", 256, 144), 13: ("q5_k", 256, 176),
    14: ("q6_k", 256, 210), 15: ("q8_k", 256, 292), 16: ("iq2_xxs", 256, 66), 17: ("iq2_xs", 256, 74),
    18: ("iq3_xxs", 256, 98), 19: ("iq1_s", 256, 50), 20: ("iq4_nl", 32, 18), 21: ("iq3_s", 256, 110),
    22: ("iq2_s", 256, 82), 23: ("iq4_xs", 256, 136), 29: ("iq1_m", 256, 56), 34: ("tq1_0", 256, 54),
    35: ("tq2_0", 256, 66), 39: ("mxfp4", 32, 17),
}  # fmt: skip
"""Name, elements and bytes of a block by the number of ggml_type."""
_WIDTHS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_TEXT, _ARRAY = 8, 9
_MOST_AXES = 4


def recognise(path: Path, head: bytes) -> bool:
    """The magic."""
    return head.startswith(MAGIC)


def read(path: Path) -> Checkpoint:
    """The tensors in the order listed."""
    with path.open("rb") as file:
        return _Reading(of_file(file.fileno(), str(path)), path).checkpoint()


@dataclass(frozen=True, slots=True)
class _Listed:
    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int


class _Reading:
    def __init__(self, window: Window, path: Path) -> None:
        self.window, self.path, self.cursor = window, path, Cursor(window, len(MAGIC))
        self.order = "<"
        version = self.number(4)
        if version > 0xFFFF:
            self.order, version = ">", int.from_bytes(version.to_bytes(4, "little"), "big")
        if version not in (1, 2, 3):
            raise Unknown(f"version {version} of GGUF is not known", where=str(path))
        self.width = 4 if version == 1 else 8

    def checkpoint(self) -> Checkpoint:
        count, pairs = self.number(self.width), self.number(self.width)
        settings = dict(self.pair() for _ in range(self.bounded(pairs)))
        listed = [self.listed() for _ in range(self.bounded(count))]
        alignment = settings.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment <= 0:
            raise Corrupt(f"an alignment of {alignment!r}", where=str(self.path))
        start = -(-self.cursor.at // alignment) * alignment
        gathering, gaps = Gathering(str(self.path)), []
        for one in listed:
            if one.kind in _PLAIN or one.kind in _BLOCKS:
                self.add(gathering, one, start)
            else:
                gaps.append(Gap("tensors", f"{self.path}, {one.name}", f"its type {one.kind} is not known"))
        files = {self.path.name: self.window.size}
        told = {key: str(value)[:200] for key, value in settings.items() if isinstance(value, (str, int, float))}
        parts = {"header": self.cursor.at}
        return Checkpoint("GGUF", str(self.path), files, *gathering.both, parts, metadata=told, gaps=tuple(gaps))

    def add(self, gathering: Gathering, one: _Listed, start: int) -> None:
        elements = prod(one.shape)
        if one.kind in _PLAIN:
            dtype = _PLAIN[one.kind]
            size = elements * BITS[dtype] // 8
        else:
            dtype, block, width = _BLOCKS[one.kind]
            if one.shape and one.shape[0] % block:
                raise Corrupt(f"rows of {one.shape[0]} elements in blocks of {block}", where=f"{self.path}, {one.name}")
            size = elements // block * width
        self.window.check(start + one.offset, size)
        index = gathering.storage(Storage(one.name, self.path.name, start + one.offset, size, size))
        shape = tuple(reversed(one.shape))
        order = "little" if self.order == "<" else "big"
        gathering.add(Tensor(one.name, dtype, shape, size, index, order=order, path=(one.name,)))

    def listed(self) -> _Listed:
        name, axes = self.text(), self.number(4)
        if axes > _MOST_AXES:
            raise Corrupt(f"the tensor {name!r} has {axes} axes", where=str(self.path))
        shape = tuple(self.number(self.width) for _ in range(axes))
        return _Listed(name, shape, self.number(4), self.number(8))

    def pair(self) -> tuple[str, object]:
        return self.text(), self.value(self.number(4))

    def value(self, kind: int) -> object:
        if kind == _TEXT:
            return self.text()
        if kind == _ARRAY:
            return self.array()
        if kind not in _WIDTHS:
            raise Corrupt(f"a value of type {kind}", where=str(self.path))
        if kind in (6, 12):
            return struct.unpack(f"{self.order}{'f' if kind == 6 else 'd'}", self.cursor.take(_WIDTHS[kind]))[0]
        return self.number(_WIDTHS[kind])

    def array(self) -> str:
        """Arrays are passed over: vocabularies have 100 000 texts."""
        kind, count = self.number(4), self.number(self.width)
        if kind in _WIDTHS:
            self.cursor.skip(count * _WIDTHS[kind])
        else:
            for _ in range(self.bounded(count)):
                self.value(kind)
        return f"{count} values"

    def text(self) -> str:
        return self.cursor.take(self.number(self.width)).decode("utf-8", "replace")

    def number(self, width: int) -> int:
        return int.from_bytes(self.cursor.take(width), "little" if self.order == "<" else "big")

    def bounded(self, count: int) -> int:
        """A count of things that take a byte each at least."""
        if count > self.window.size:
            raise Corrupt(f"{count} items are declared in {self.window.size} bytes", where=str(self.path))
        return count


MODEL_READER: ModelReader = ModelReader("GGUF", "models of llama.cpp", 15, recognise, read)
