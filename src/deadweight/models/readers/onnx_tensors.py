"""A TensorProto of ONNX: where its bytes lie, in the file or outside of it.

Source: onnx/onnx.proto. Numbers may be stored as they are, or as protobuf numbers (`int32_data`), which take more or
less room than the elements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.tensor import BITS, Storage, Tensor
from deadweight.models.gathering import Gathering, bytes_of
from deadweight.models.protobuf import LENGTH, Field, fields, numbers, text
from deadweight.models.window import Window

_NAMES = """
- float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 complex128 bfloat16
float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz uint4 int4 float4_e2m1fn float8_e8m0fnu uint2 int2
"""
DTYPES = dict(enumerate(_NAMES.split()))
"""TensorProto.DataType by number."""
_DIMENSIONS, _TYPE, _SEGMENT, _NAME, _RAW, _OUTSIDE, _LOCATION = 1, 2, 3, 8, 9, 13, 14
_AS_STORED = {4: 4, 10: 8}
"""Fields of floats, which are packed as they are: `float_data`, `double_data`."""
_AS_NUMBERS = (5, 7, 11)
_TEXTS = 6


@dataclass(slots=True)
class Message:
    """The fields of one TensorProto."""

    name: str = ""
    dtype: int = 0
    shape: list[int] = field(default_factory=list)
    places: list[Field] = field(default_factory=list)
    outside: dict[str, str] = field(default_factory=dict)
    is_outside: bool = False


def message(window: Window, start: int, length: int) -> Message:
    """The tensor's own fields; its bytes stay where they are."""
    found = Message()
    for one in fields(window, start, length):
        if one.number == _DIMENSIONS:
            found.shape.extend(numbers(window, one))
        elif one.number == _TYPE:
            found.dtype = one.value
        elif one.number == _NAME:
            found.name = text(window, one)
        elif one.number == _OUTSIDE:
            key, value = _pair(window, one)
            found.outside[key] = value
        elif one.number == _LOCATION:
            found.is_outside = one.value == 1
        elif one.number == _SEGMENT:
            raise Corrupt(f"the tensor {found.name!r} is a segment, which no tool writes", where=window.where)
        elif one.number in (_RAW, _TEXTS, *_AS_STORED, *_AS_NUMBERS):
            found.places.append(one)
    return found


def _pair(window: Window, one: Field) -> tuple[str, str]:
    pair = {inner.number: text(window, inner) for inner in fields(window, one.start, one.length)}
    return pair.get(1, ""), pair.get(2, "")


@dataclass(slots=True)
class Tensors:
    """The tensors of one file, gathered; `outside` are the bytes of the files beside it that were named."""

    path: Path
    gathering: Gathering
    outside: dict[str, int] = field(default_factory=dict)

    def take(self, window: Window, found: Message, name: str) -> int | None:
        """Gather a tensor; gives its index, None for texts."""
        where = f"{self.path}, {name}"
        dtype = DTYPES.get(found.dtype, str(found.dtype))
        if dtype in ("string", "-"):
            return None
        shape = tuple(found.shape)
        size = bytes_of(dtype, shape, where)
        if found.is_outside:
            index = self.gathering.storage(self._outside(found.outside, size, where))
        else:
            index = self.gathering.storage(self._inside(found, size, (dtype, where)))
        return self.gathering.add(Tensor(name, dtype, shape, size, index))

    def _inside(self, found: Message, size: int, told: tuple[str, str]) -> Storage:
        dtype, where = told
        if not found.places and not size:
            return Storage(found.name, self.path.name, 0, 0, 0)
        if len(found.places) != 1 or found.places[0].wire != LENGTH:
            raise Corrupt("its elements are not in one piece", where=where)
        place = found.places[0]
        if place.number in _AS_NUMBERS:
            return Storage(found.name, self.path.name, place.start, place.length, size, "varint")
        if place.number in _AS_STORED and _AS_STORED[place.number] * 8 > BITS[dtype]:
            raise Corrupt(f"floats of {_AS_STORED[place.number]} bytes stand for {dtype}", where=where)
        if place.length != size:
            raise Corrupt(f"{size} bytes follow from its shape and {place.length} are there", where=where)
        return Storage(found.name, self.path.name, place.start, place.length, size)

    def _outside(self, told: Mapping[str, str], size: int, where: str) -> Storage:
        """Where the bytes lie in a file beside this one; raises Hostile where that is not beside it."""
        location = told.get("location", "")
        parts = PurePosixPath(location).parts
        if not parts or location.startswith("/") or ".." in parts or "\\" in location or "\0" in location:
            raise Hostile(f"its bytes lie in {location!r}, which is not beside the file", where=where)
        file = "/".join(parts)
        if file not in self.outside:
            self.outside[file] = _size_beside(self.path.parent, file, where)
        try:
            offset, length = int(told.get("offset", "0")), int(told.get("length", size))
        except ValueError as error:
            raise Corrupt(f"{dict(told)} gives no place", where=where) from error
        if offset < 0 or length != size or offset + length > self.outside[file]:
            raise Corrupt(
                f"{size} bytes of it lie at {offset} of {file}, which has {self.outside[file]}",
                where=where,
                advice="The file of its data is truncated or another one: fetch both again.",
            )
        return Storage(file, file, offset, length, length)


def _size_beside(folder: Path, file: str, where: str) -> int:
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Hostile(f"its bytes lie in {file!r}, which leads out of the folder", where=where)
    if not path.is_file():
        raise Corrupt(f"its bytes lie in {file!r}, which is not there", where=where, advice="Fetch that file too.")
    return path.stat().st_size
