"""Tensors coded without loss: exponents by Huffman codes, mantissas as they are, in chunks of a few megabytes.

A body is a head (version, bytes of an element, whether they are floats, the size, eight bytes of blake3 of what comes
out), then its chunks. Those of version 1 are planes of bytes and nothing more; they are read, and written no longer.
"""

from __future__ import annotations

import struct
from math import prod

from blake3 import blake3

from deadweight.core.errors import Corrupt
from deadweight.core.tensor import BITS
from deadweight.models.planes import FLOATS
from deadweight.squeezing.lossless.chunks import CHUNK, Kind, chunk, stretches, unchunk
from deadweight.squeezing.lossless.splitting import MORE, whole_of
from deadweight.squeezing.lossless.streams import Body, Piece

_VERSION = 2
_HEAD = struct.Struct("<BBBQ8s")


def pack(body: Piece, dtype: str, shape: tuple[int, ...] = ()) -> bytes:
    """The elements of a tensor, little-endian, in fewer bytes where they allow it; a few more where they do not.

    The shape, where it is known, tells which of them are of a like scale.
    """
    width = max(1, BITS.get(dtype, 8) // 8)
    kind = Kind(width, dtype in FLOATS, MORE.get(dtype, 0))
    if len(body) % width:
        raise ValueError(f"{len(body)} bytes are no whole elements of {dtype}")
    pieces: list[Piece] = [_HEAD.pack(_VERSION, width, kind.is_float, len(body), _digest(body))]
    view = memoryview(body)
    for start, held in stretches(len(body) // width, shape):
        pieces += chunk(view[start * width : (start + prod(held)) * width], kind, held)
    return b"".join(pieces)


def unpack(body: Piece, wanted: int | None = None) -> bytes:
    """The elements again, bit by bit; raises Corrupt for what `pack` did not write or what has been changed since.

    `wanted` are the bytes that the tensor's shape says: nothing is unpacked where the head says another number.
    """
    if len(body) < _HEAD.size:
        raise Corrupt("it is no coded tensor: it ends within its head")
    version, width, is_float, size, digest = _HEAD.unpack_from(body)
    if version not in (1, _VERSION) or not width or size % width or (is_float and width not in (2, 4, 8)):
        raise Corrupt(f"it is no coded tensor of the versions 1 to {_VERSION}")
    if wanted not in (None, size):
        raise Corrupt(f"a coded tensor holds {size} bytes, its shape says {wanted}")
    whole = _whole(Body(memoryview(body), _HEAD.size), Kind(width, bool(is_float)), (version, size // width))
    if _digest(whole) != digest:
        raise Corrupt("a coded tensor was changed since it was written", advice="Fetch the file again.")
    return whole


def _whole(body: Body, kind: Kind, said: tuple[int, int]) -> bytes:
    """All chunks, of a version and of so many elements."""
    version, left = said
    pieces: list[Piece] = []
    while left:
        if version == 1:
            planes = [body.plane(min(CHUNK, left)) for _ in range(kind.width)]
            pieces.append(whole_of(planes, is_float=kind.is_float))
        else:
            pieces.append(unchunk(body, kind, left))
        left -= len(pieces[-1]) // kind.width
    if body.at != len(body.whole):
        raise Corrupt("a coded tensor goes on behind its end")
    return b"".join(pieces)


def _digest(body: Piece) -> bytes:
    return blake3(body).digest(length=8)
