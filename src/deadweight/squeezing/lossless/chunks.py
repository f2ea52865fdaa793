"""A chunk of elements as coded planes: by symbols where mantissas are noise, byte by byte where anything may repeat."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from math import prod

import numpy as np
from numpy.typing import NDArray

from deadweight.codecs.zstd import of_literals, of_repeats
from deadweight.core.errors import Corrupt
from deadweight.models.planes import Way, coded, hardly_repeats, is_noise
from deadweight.squeezing.lossless.ordering import Order, order_of
from deadweight.squeezing.lossless.splitting import Bytes, Parts, joined, packed_length, split, turned, whole_of
from deadweight.squeezing.lossless.streams import Body, Piece, framed

CHUNK = 1 << 20
"""Elements of a chunk, at most."""
_SEEN, _AGAIN = 1024, 0.01
"""Elements that are looked at, and the share of those seen before above which they may be coded whole."""
_HEAD = struct.Struct("<BBBIII")
"""How, bits of a symbol besides the exponent, exponents less one, elements, slices (0 unordered), their step."""


class How(IntEnum):
    """Planes of bytes; symbols and the lower bytes as they are, or as planes; or whole elements, which recur."""

    PLANES = 0
    SYMBOLS = 1
    SYMBOLS_AND_PLANES = 2
    WHOLE = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """What elements are: their bytes, whether the sign and the exponent come first, and `more` bits for a symbol."""

    width: int
    is_float: bool
    more: int = 0


def stretches(count: int, shape: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Where each chunk of so many elements starts, and its shape: whole rows of the first axes that go in."""
    shape = shape if shape and prod(shape) == count else (count,)
    axis = next(at for at in range(len(shape)) if prod(shape[at + 1 :]) <= CHUNK)
    rows, inner = prod(shape[: axis + 1]), shape[axis + 1 :]
    most = CHUNK // max(1, prod(inner))
    for start in range(0, rows if count else 0, most):
        yield start * prod(inner), (min(most, rows - start), *inner)


def chunk(body: Piece, kind: Kind, shape: tuple[int, ...]) -> list[Piece]:
    """The pieces of a coded chunk; the shape is of its elements."""
    whole = np.frombuffer(body, dtype=np.uint8).reshape(-1, kind.width)
    pieces = list(_apart(whole, kind, shape))
    if _recurs(whole):
        stored = of_repeats(body)
        if len(stored) < sum(map(len, pieces)):
            return [_HEAD.pack(How.WHOLE, 0, 0, len(whole), 0, 0), *framed(Way.REPEATS, stored)]
    return pieces


def _recurs(whole: Bytes) -> bool:
    """Whether elements of four or eight bytes are seen again, as those of tables of cosines are."""
    count, width = whole.shape
    if width not in (4, 8):
        return False
    some = np.sort(whole.view(f"<u{width}")[:: max(1, count // _SEEN), 0])
    return int(np.count_nonzero(some[1:] == some[:-1])) > _AGAIN * len(some)


def _apart(whole: Bytes, kind: Kind, shape: tuple[int, ...]) -> Iterator[Piece]:
    if kind.is_float:
        exponents, rest = turned(whole)
        if hardly_repeats(rest.data):
            yield from _symbols(split(whole, exponents, rest, kind.more), order_of(exponents, shape))
            return
    yield _HEAD.pack(How.PLANES, 0, 0, len(whole), 0, 0)
    planes = [*whole.T[:-2], rest, exponents] if kind.is_float else whole.T
    for plane in planes:
        yield from framed(*coded(plane.tobytes()))


def _symbols(parts: Parts, order: Order | None) -> Iterator[Piece]:
    lower = np.ascontiguousarray(parts.lower).view(np.uint8)
    are_noise = [is_noise(plane.data) for plane in lower.T]
    how = How.SYMBOLS if all(are_noise) else How.SYMBOLS_AND_PLANES
    slices, inner = (len(order.classes), order.inner) if order else (0, 0)
    yield _HEAD.pack(how, parts.more, len(parts.table) - 1, len(parts.symbols), slices, inner)
    yield parts.table
    if order:
        yield from framed(*_literals(order.classes))
    yield from framed(*_literals(order.sorted(parts.symbols) if order else parts.symbols))
    yield from framed(*((Way.PLAIN, parts.rest.data) if is_noise(parts.rest.data) else _literals(parts.rest)))
    if how is How.SYMBOLS:
        yield from framed(Way.PLAIN, lower.ravel().data)
        return
    for plane, noise in zip(lower.T, are_noise, strict=True):
        body = plane.tobytes()
        yield from framed(*((Way.PLAIN, body) if noise else coded(body)))


def _literals(plane: Bytes) -> tuple[Way, Piece]:
    stored = of_literals(plane.data)
    return (Way.LITERALS, stored) if len(stored) < len(plane) else (Way.PLAIN, plane.data)


def unchunk(body: Body, kind: Kind, most: int) -> Piece:
    """The next chunk's elements; raises Corrupt for what `chunk` did not write, and for more than `most` of them."""
    how, more, table, count, slices, inner = body.head(_HEAD)
    if not 0 < count <= min(most, CHUNK) or not _is_known(how, kind):
        raise Corrupt(f"a chunk says that it holds {count} elements, coded in the way {how}")
    if how == How.WHOLE:
        return body.plane(count * kind.width)
    if how == How.PLANES:
        return whole_of([body.plane(count) for _ in range(kind.width)], is_float=kind.is_float)
    if more not in (0, 2, 4) or (slices and (not inner or count % (slices * inner))):
        raise Corrupt(f"a chunk of {count} elements is no {slices} slices of {inner}, or {more} bits are not read")
    known = bytes(body.piece(table + 1))
    order = Order(inner, _bytes(body.plane(slices))) if slices else None
    symbols = _bytes(body.plane(count))
    rest = _bytes(body.plane(packed_length(count, 8 - more)))
    lower = _lower(body, count, kind.width - 2, together=how == How.SYMBOLS)
    return joined(Parts(more, known, order.restored(symbols) if order else symbols, rest, lower))


def _is_known(how: int, kind: Kind) -> bool:
    return how in tuple(How) and (kind.is_float or how in (How.PLANES, How.WHOLE))


def _lower(body: Body, count: int, width: int, *, together: bool) -> NDArray[np.uint16]:
    if together:
        return np.frombuffer(body.plane(count * width), "<u2").reshape(count, -1)
    planes = [_bytes(body.plane(count)) for _ in range(width)]
    return np.stack(planes, axis=1).view("<u2") if width else np.empty((count, 0), "<u2")


def _bytes(plane: Piece) -> Bytes:
    return np.frombuffer(plane, dtype=np.uint8)
