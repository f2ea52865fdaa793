"""A layer's index as bytes: columns in msgpack, packed with zstd, with a checksum before them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

import msgspec
from blake3 import blake3

from deadweight.codecs.zstd import library
from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.formats.tars.index import TarIndex
from deadweight.formats.tars.sparse_maps import Regions

VERSION = "2"
"""To be raised whenever what an index holds, or how it is made, changes."""

_KINDS = tuple(Kind)
_CHECKSUM = 32
_DIGEST = "blake3:"
_AT_A_TIME = 4096
"""Entries of a block; blocks are unpacked one by one, so that what that takes besides stays under a megabyte."""


class _Block(msgspec.Struct, array_like=True):
    texts: bytes
    kinds: bytes
    numbers: tuple[list[int], ...]
    times: tuple[list[float], list[float]]
    digests: bytes
    heads: list[bytes]
    xattrs: dict[int, list[tuple[bytes, bytes]]]
    devices: dict[int, tuple[int, int]]


class _Record(msgspec.Struct, array_like=True):
    blocks: list[bytes]
    overhead: dict[str, int]
    sizes: tuple[int, int]
    names: tuple[str, str, str]
    small: list[tuple[bytes, bytes]]
    regions: dict[int, Regions]
    gaps: list[tuple[bytes, bytes, bytes]]


def to_record(index: TarIndex) -> bytes:
    """The index as bytes."""
    packed = library().compress(msgspec.msgpack.encode(_record(index)), level=1)
    return blake3(packed).digest() + bytes(packed)


def from_record(record: bytes, layer: int) -> TarIndex | None:
    """The index, its entries in that layer; None for bytes that are none, or damaged."""
    packed = memoryview(record)[_CHECKSUM:]
    if blake3(packed).digest() != record[:_CHECKSUM]:
        return None
    zstd = library()
    try:
        return _index(msgspec.msgpack.decode(zstd.decompress(packed), type=_Record), layer)
    except (zstd.ZstdError, msgspec.DecodeError, ValueError, LookupError):
        return None


def _record(index: TarIndex) -> _Record:
    entries = index.entries
    blocks = (entries[start : start + _AT_A_TIME] for start in range(0, len(entries), _AT_A_TIME))
    return _Record(
        [bytes(library().compress(msgspec.msgpack.encode(_block(block)), level=1)) for block in blocks],
        dict(index.overhead),
        (index.stored_size, index.unpacked),
        (index.digest, index.diff_id, index.codec),
        [(_bytes(path), body) for path, body in index.small.items()],
        dict(index.regions),
        [(_bytes(gap.stage), _bytes(gap.where), _bytes(gap.reason)) for gap in index.gaps],
    )


def _block(entries: Sequence[Entry]) -> _Block:
    return _Block(
        _joined(text for entry in entries for text in (entry.path, entry.target)),
        bytes(_KINDS.index(entry.kind) for entry in entries),
        (
            [entry.size for entry in entries],
            [entry.stored for entry in entries],
            [entry.mode for entry in entries],
            [entry.uid for entry in entries],
            [entry.gid for entry in entries],
            [entry.offset for entry in entries],
        ),
        ([entry.mtime for entry in entries], [entry.atime for entry in entries]),
        b"".join(bytes.fromhex(entry.digest.removeprefix(_DIGEST)) for entry in entries if entry.digest),
        [entry.head for entry in entries],
        {
            place: [(_bytes(name), value) for name, value in entry.xattrs]
            for place, entry in enumerate(entries)
            if entry.xattrs
        },
        {place: entry.device for place, entry in enumerate(entries) if entry.device != (0, 0)},
    )


def _index(record: _Record, layer: int) -> TarIndex:
    stored_size, unpacked = record.sizes
    unpack, known = library().decompress, (_Known[int](), _Known[float]())
    blocks = (msgspec.msgpack.decode(unpack(block), type=_Block) for block in record.blocks)
    return TarIndex(
        tuple(chain.from_iterable(_entries(block, layer, known) for block in blocks)),
        record.overhead,
        stored_size,
        unpacked,
        *record.names,
        {_text(path): body for path, body in record.small},
        record.regions,
        tuple(Gap(_text(stage), _text(where), _text(reason)) for stage, where, reason in record.gaps),
    )


_Number = TypeVar("_Number", int, float)


class _Known(dict[_Number, _Number]):
    """Numbers that were seen: equal ones become one, and 100 000 entries take a tenth less memory."""

    def __missing__(self, number: _Number) -> _Number:
        self[number] = number
        return number


def _entries(block: _Block, layer: int, known: tuple[_Known[int], _Known[float]]) -> Iterator[Entry]:
    texts = _text(block.texts).split("\0")
    digests, at = block.digests.hex(), 0
    number_of, time_of = known
    rows = zip(block.kinds, *block.numbers, *block.times, block.heads, strict=True)
    for place, (number, size, stored, mode, uid, gid, offset, mtime, atime, head) in enumerate(rows):
        kind = _KINDS[number]
        digest = ""
        if kind is Kind.FILE:
            digest = _DIGEST + digests[at : at + 64]
            at += 64
        path, target = texts[2 * place], texts[2 * place + 1]
        xattrs = tuple((_text(name), value) for name, value in block.xattrs.get(place, ()))
        device = block.devices.get(place, (0, 0))
        stored = size if stored == size else stored
        times = time_of[mtime], time_of[atime]
        facts = (
            number_of[mode],
            number_of[uid],
            number_of[gid],
            *times,
            target,
            digest,
            head,
            layer,
            offset,
            xattrs,
            device,
        )
        yield Entry(path, kind, size, stored, *facts)


def _joined(texts: Iterable[str]) -> bytes:
    return _bytes("\0".join(texts))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
