"""Tensors coded without loss: exponents by Huffman codes, mantissas as they are, in chunks of a few megabytes.

A body is a head (version, bytes of an element, whether they are floats, the size, eight bytes of blake3 of what comes
out), then for each chunk and each of its planes the way it is coded, its length in four bytes, and its bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from deadweight.core.errors import Corrupt
from deadweight.core.tensor import BITS
from deadweight.models.planes import FLOATS, coded, uncoded

CHUNK = 1 << 20
"""Elements of a chunk."""
_VERSION = 1
_HEAD = struct.Struct("<BBBQ8s")
_PLANE = struct.Struct("<BI")
_Bytes = NDArray[np.uint8]


def pack(body: bytes, dtype: str) -> bytes:
    """The elements of a tensor, little-endian, in fewer bytes where they allow it; a few more where they do not."""
    width = max(1, BITS.get(dtype, 8) // 8)
    floats = dtype in FLOATS
    if len(body) % width:
        raise ValueError(f"{len(body)} bytes are no whole elements of {dtype}")
    head = _HEAD.pack(_VERSION, width, floats, len(body), _digest(body))
    view = memoryview(body)
    chunks = (bytes(view[at : at + CHUNK * width]) for at in range(0, len(body), CHUNK * width))
    return b"".join((head, *_planes(_split(chunk, width, floats=floats) for chunk in chunks)))


def _split(chunk: bytes, width: int, *, floats: bool) -> list[_Bytes]:
    """The planes as `deadweight.models.planes.split` gives them, twice as fast."""
    whole = np.frombuffer(chunk, dtype=np.uint8).reshape(-1, width)
    planes = [np.ascontiguousarray(whole[:, place]) for place in range(width)]
    if floats:
        low, high = planes[-2:]
        planes[-2:] = [_both(low << 1, high >> 7), _both(high << 1, low >> 7)]
    return planes


def _joined(stored: Sequence[bytes], *, floats: bool) -> bytes:
    """The elements of planes that `_split` gave."""
    planes = [np.frombuffer(plane, dtype=np.uint8) for plane in stored]
    if floats:
        low, high = planes[-2:]
        planes[-2:] = [_both(low >> 1, high << 7), _both(high >> 1, low << 7)]
    whole = np.empty((len(planes[0]), len(planes)), dtype=np.uint8)
    for place, plane in enumerate(planes):
        whole[:, place] = plane
    return whole.tobytes()


def _both(some: NDArray[Any], others: NDArray[Any]) -> _Bytes:
    return np.asarray(some | others, dtype=np.uint8)


def _planes(chunks: Iterable[list[_Bytes]]) -> Iterator[bytes]:
    for planes in chunks:
        for plane in planes:
            way, stored = coded(plane.tobytes())
            yield _PLANE.pack(way, len(stored))
            yield stored


def unpack(body: bytes, wanted: int | None = None) -> bytes:
    """The elements again, bit by bit; raises Corrupt for what `pack` did not write or what has been changed since.

    `wanted` are the bytes that the tensor's shape says: nothing is unpacked where the head says another number.
    """
    if len(body) < _HEAD.size:
        raise Corrupt("it is no coded tensor: it ends within its head")
    version, width, floats, size, digest = _HEAD.unpack_from(body)
    if version != _VERSION or not width or size % width or (floats and width < 2):
        raise Corrupt(f"it is no coded tensor of the version {_VERSION}")
    if wanted not in (None, size):
        raise Corrupt(f"a coded tensor holds {size} bytes, its shape says {wanted}")
    pieces, at = [], _HEAD.size
    for start in range(0, size, CHUNK * width):
        length = min(CHUNK, (size - start) // width)
        planes, at = _uncoded(body, at, (width, length))
        pieces.append(_joined(planes, floats=bool(floats)))
    whole = b"".join(pieces)
    if at != len(body) or _digest(whole) != digest:
        raise Corrupt("a coded tensor was changed since it was written", advice="Fetch the file again.")
    return whole


def _uncoded(body: bytes, at: int, planes: tuple[int, int]) -> tuple[list[bytes], int]:
    """So many planes of so many bytes, and where they end."""
    found = []
    for _ in range(planes[0]):
        if at + _PLANE.size > len(body):
            raise Corrupt("a coded tensor ends within a plane")
        way, length = _PLANE.unpack_from(body, at)
        at += _PLANE.size
        found.append(uncoded(way, body[at : at + length], planes[1]))
        at += length
    return found, at


def _digest(body: bytes) -> bytes:
    return blake3(body).digest(length=8)
