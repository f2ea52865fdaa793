"""The elements of a tensor as bytes: rows one after the other, little-endian, in pieces.

Two tensors are equal where these bytes are, however each is stored.
"""

from __future__ import annotations

import os
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from deadweight.core.errors import Corrupt, Unknown
from deadweight.core.tensor import Checkpoint, Storage, Tensor, is_row_major
from deadweight.models.gathering import extent
from deadweight.models.protobuf import varint
from deadweight.models.window import of_bytes

PIECE = 1 << 20
MOST_IN_MEMORY = 128 << 20
_FORMATS: Mapping[int, Literal["B", "H", "I", "Q"]] = {1: "B", 2: "H", 4: "I", 8: "Q"}


def elements(checkpoint: Checkpoint, tensor: Tensor) -> Iterator[bytes]:
    """The tensor's bytes in pieces of whole elements; raises Corrupt where the file changed or is damaged.

    Raises Unknown for what is packed or laid out in a way that is not read.
    """
    pieces = stored(checkpoint, tensor)
    if tensor.order == "big" and tensor.width > 1:
        return (_swapped(piece, _part(tensor)) for piece in whole_elements(pieces, tensor.width))
    return pieces


def stored(checkpoint: Checkpoint, tensor: Tensor) -> Iterator[bytes]:
    """The tensor's bytes in the byte order of the file."""
    storage = checkpoint.storages[tensor.storage]
    path = Path(checkpoint.location).parent / storage.file
    if is_row_major(tensor.shape, tensor.strides):
        return _stretch(path, storage, tensor.offset, tensor.size)
    reach = extent(tensor)
    if reach > MOST_IN_MEMORY:
        raise Unknown(f"its {reach} bytes do not lie in rows, which takes them all at once", where=tensor.name)
    return _gathered(b"".join(_stretch(path, storage, tensor.offset, reach)), tensor)


def _stretch(path: Path, storage: Storage, offset: int, length: int) -> Iterator[bytes]:
    """A stretch of what comes out of a storage."""
    if storage.packing == "deflate":
        return _cut(_inflated(path, storage), offset, length)
    if storage.packing == "varint":
        return iter((_counted(path, storage)[offset : offset + length],))
    if storage.packing:
        raise Unknown("the file is compressed as a whole", where=str(path), advice="Unpack it first.")
    return _plain(path, storage.offset + offset, length)


def _plain(path: Path, offset: int, length: int) -> Iterator[bytes]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        while length:
            piece = os.pread(descriptor, min(PIECE, length), offset)
            if not piece:
                raise Corrupt("it ends sooner than when it was opened", where=str(path))
            yield piece
            offset, length = offset + len(piece), length - len(piece)
    finally:
        os.close(descriptor)


def _inflated(path: Path, storage: Storage) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-15)
    given = 0
    try:
        for packed in _plain(path, storage.offset, storage.length):
            while packed and not unpacker.eof:
                piece = unpacker.decompress(packed, PIECE)
                packed = unpacker.unconsumed_tail
                given += len(piece)
                yield piece
    except zlib.error as error:
        raise Corrupt(f"{storage.name!r} is damaged ({error})", where=str(path)) from error
    if given != storage.size:
        raise Corrupt(f"{given} bytes come out of {storage.name!r}, it says {storage.size}", where=str(path))


def _cut(pieces: Iterator[bytes], offset: int, length: int) -> Iterator[bytes]:
    at = 0
    for piece in pieces:
        start, stop = max(0, offset - at), min(len(piece), offset + length - at)
        if start < stop:
            yield piece[start:stop]
        at += len(piece)


def _counted(path: Path, storage: Storage) -> bytes:
    """Elements that are stored as numbers of protobuf, as many bytes each as the size says."""
    window = of_bytes(b"".join(_plain(path, storage.offset, storage.length)), f"{path}, {storage.name}")
    at, found = 0, array("Q")
    while at < window.size:
        value, at = varint(window, at, window.size)
        found.append(value)
    width = storage.size // len(found) if found else 0
    if width not in _FORMATS or width * len(found) != storage.size:
        raise Corrupt(f"{len(found)} numbers are stored for {storage.size} bytes", where=window.where)
    raw = found.tobytes()
    return raw if width == 8 else b"".join(raw[at : at + width] for at in range(0, len(raw), 8))


def _gathered(body: bytes, tensor: Tensor) -> Iterator[bytes]:
    """The elements of strides, one line along the last axis after the other."""
    width = tensor.width
    if width not in _FORMATS:
        raise Unknown(f"elements of {width} bytes that do not lie in rows", where=tensor.name)
    flat = memoryview(body).cast("B").cast(_FORMATS[width])
    *outer, last = zip(tensor.shape, tensor.strides, strict=True)
    pieces, size = [], 0
    for start in _starts(outer):
        length, stride = last
        line = flat[start : start + (length - 1) * stride + 1 : stride].tolist() if stride else [flat[start]] * length
        pieces.append(array(_FORMATS[width], line).tobytes())
        size += len(pieces[-1])
        if size >= PIECE:
            yield b"".join(pieces)
            pieces, size = [], 0
    yield b"".join(pieces)


def _starts(axes: list[tuple[int, int]]) -> Iterator[int]:
    """Where each line starts, in elements."""
    if not axes:
        yield 0
        return
    (length, stride), *rest = axes
    for index in range(length):
        for start in _starts(rest):
            yield index * stride + start


def whole_elements(pieces: Iterable[bytes], width: int) -> Iterator[bytes]:
    """The same bytes in pieces of whole elements."""
    left = b""
    for piece in pieces:
        joined = left + piece if left else piece
        end = len(joined) // width * width
        left = joined[end:]
        if end:
            yield joined[:end] if left else joined
    if left:
        yield left


def _part(tensor: Tensor) -> int:
    """Bytes of what is swapped: a complex number is two."""
    return tensor.width // 2 if tensor.dtype.startswith("complex") else tensor.width


def _swapped(piece: bytes, width: int) -> bytes:
    swapped = array(_FORMATS[width], piece)
    swapped.byteswap()
    return swapped.tobytes()
