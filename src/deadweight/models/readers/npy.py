"""npy and npz: arrays of numpy, one in a file or each a member of a zip (NEP 1).

An array of objects holds a pickle, which numpy loads only when it is asked to: what that pickle would run is code.
"""

from __future__ import annotations

import ast
from pathlib import Path

from deadweight.core.errors import Corrupt
from deadweight.core.model_seams import ModelReader
from deadweight.core.tensor import Checkpoint, Code, Storage, Tensor, row_major
from deadweight.models.gathering import Gathering
from deadweight.models.pickles.walker import walk
from deadweight.models.readers.arrays import OBJECT, dtype_named
from deadweight.models.window import Cursor, Window, of_bytes, of_file
from deadweight.models.zips import MAGIC, ModelZip, members, opened

NUMPY = b"\x93NUMPY"
_LONGEST_HEADER = 1 << 20


def recognise(path: Path, head: bytes) -> bool:
    """The magic of numpy, or a zip of nothing but arrays."""
    if head.startswith(NUMPY):
        return True
    names = members(path) if head.startswith(MAGIC) else frozenset[str]()
    return bool(names) and all(name.endswith(".npy") for name in names)


def read(path: Path) -> Checkpoint:
    """The array, or those of all members."""
    with path.open("rb") as file:
        if file.read(len(NUMPY)) == NUMPY:
            return _read_array(of_file(file.fileno(), str(path)), path)
        return _read_zip(opened(file, path))


def _read_array(window: Window, path: Path) -> Checkpoint:
    gathering = Gathering(str(path))
    dtype, order, width, shape, strides, start = _header(window)
    if dtype == OBJECT:
        code = tuple(walk(window, start).code)
        return Checkpoint("npy", str(path), {path.name: window.size}, (), (), {"pickle": window.size}, code=code)
    left = window.size - start
    index = gathering.storage(Storage(path.stem, path.name, start, left, left))
    gathering.add(_tensor(path.stem, (dtype, order, width), (shape, strides), (index, 0)))
    return Checkpoint("npy", str(path), {path.name: window.size}, *gathering.both, {"header": start})


def _tensor(
    name: str, kind: tuple[str, str, int], form: tuple[tuple[int, ...], tuple[int, ...]], place: tuple[int, int]
) -> Tensor:
    dtype, order, width = kind
    shape, strides = form
    size = width
    for length in shape:
        size *= length
    return Tensor(name, dtype, shape, size, *place, strides, order, (name,))


def _header(window: Window) -> tuple[str, str, int, tuple[int, ...], tuple[int, ...], int]:
    """dtype, byte order, bytes of an element, shape, strides, and where the elements start."""
    cursor = Cursor(window)
    if cursor.take(len(NUMPY)) != NUMPY:
        raise Corrupt("it does not start as an array of numpy", where=window.where)
    major = cursor.number(2) & 0xFF
    length = cursor.number(2 if major == 1 else 4)
    if length > _LONGEST_HEADER:
        raise Corrupt(f"a header of {length} bytes", where=window.where)
    try:
        header = ast.literal_eval(cursor.take(length).decode("utf-8" if major > 2 else "latin-1").strip())
        text, fortran, shape = header["descr"], header["fortran_order"], header["shape"]
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError) as error:
        raise Corrupt(f"its header cannot be read ({error})", where=window.where) from error
    if not isinstance(shape, tuple) or not all(type(one) is int and one >= 0 for one in shape):
        raise Corrupt(f"{shape!r} is no shape", where=window.where)
    dtype, order, width = dtype_named(text) if isinstance(text, str) else _structure(text, window.where)
    strides = tuple(reversed(row_major(tuple(reversed(shape))))) if fortran else ()
    return dtype, order, width, shape, strides, cursor.at


def _structure(fields: object, where: str) -> tuple[str, str, int]:
    """A structure of named fields, as one opaque element."""
    width = 0
    for field in fields if isinstance(fields, list) else ():
        kind, _, size = dtype_named(field[1]) if isinstance(field[1], str) else _structure(field[1], where)
        if kind == OBJECT:
            return OBJECT, "little", 0
        for length in field[2] if len(field) > 2 else ():
            size *= length
        width += size
    if not width:
        raise Corrupt("its dtype has no size", where=where)
    return f"structure of {width} bytes", "little", width


def _read_zip(archive: ModelZip) -> Checkpoint:
    gathering, code = Gathering(str(archive.path)), list[Code]()
    parts = {"array headers": 0}
    for member, place in archive.places.items():
        name = member.removesuffix(".npy")
        window = archive.window(member) if not place.member.method else of_bytes(archive.start(member), member)
        dtype, order, width, shape, strides, start = _header(window)
        storage = archive.storage(member)
        if dtype == OBJECT:
            code.extend(walk(archive.window(member), start).code)
            parts["pickle"] = parts.get("pickle", 0) + storage.length
            continue
        if not storage.packing:
            parts["array headers"] += start
            storage = Storage(name, storage.file, storage.offset + start, storage.length - start, storage.size - start)
            start = 0
        index = gathering.apart(storage)
        gathering.add(_tensor(name, (dtype, order, width), (shape, strides), (index, start)))
    size = archive.path.stat().st_size
    parts["zip headers"] = size - sum(place.member.packed for place in archive.places.values())
    return Checkpoint("npz", str(archive.path), {archive.path.name: size}, *gathering.both, parts, code=tuple(code))


MODEL_READER: ModelReader = ModelReader("numpy", "npy and npz, the arrays of numpy", 25, recognise, read)
