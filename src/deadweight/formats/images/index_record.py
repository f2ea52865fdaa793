"""A layer's index as bytes: columns in msgpack, packed with zstd, with a checksum before them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from blake3 import blake3

from deadweight.codecs.zstd import library
from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.formats.tars.index import TarIndex
from deadweight.formats.tars.sparse_maps import Regions

VERSION = "1"
"""To be raised whenever what an index holds, or how it is made, changes."""

_KINDS = tuple(Kind)
_CHECKSUM = 32
_DIGEST = "blake3:"


class _Record(msgspec.Struct, array_like=True):
    texts: bytes
    kinds: bytes
    numbers: tuple[list[int], ...]
    times: tuple[list[float], list[float]]
    digests: bytes
    heads: list[bytes]
    xattrs: dict[int, list[tuple[bytes, bytes]]]
    devices: dict[int, tuple[int, int]]
    overhead: dict[str, int]
    sizes: tuple[int, int]
    names: tuple[str, str, str]
    small: list[tuple[bytes, bytes]]
    regions: dict[int, Regions]
    gaps: list[tuple[bytes, bytes, bytes]]


def to_record(index: TarIndex) -> bytes:
    """The index as bytes."""
    packed = library().compress(msgspec.msgpack.encode(_columns(index)), level=1)
    return blake3(packed).digest() + bytes(packed)


def from_record(record: bytes, layer: int) -> TarIndex | None:
    """The index, its entries in that layer; None for bytes that are none, or damaged."""
    packed = record[_CHECKSUM:]
    if blake3(packed).digest() != record[:_CHECKSUM]:
        return None
    zstd = library()
    try:
        return _index(msgspec.msgpack.decode(zstd.decompress(packed), type=_Record), layer)
    except (zstd.ZstdError, msgspec.DecodeError, ValueError, LookupError):
        return None


def _columns(index: TarIndex) -> _Record:
    entries = index.entries
    return _Record(
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
        dict(index.overhead),
        (index.stored_size, index.unpacked),
        (index.digest, index.diff_id, index.codec),
        [(_bytes(path), body) for path, body in index.small.items()],
        dict(index.regions),
        [(_bytes(gap.stage), _bytes(gap.where), _bytes(gap.reason)) for gap in index.gaps],
    )


def _index(record: _Record, layer: int) -> TarIndex:
    stored_size, unpacked = record.sizes
    return TarIndex(
        tuple(_entries(record, layer)),
        record.overhead,
        stored_size,
        unpacked,
        *record.names,
        {_text(path): body for path, body in record.small},
        record.regions,
        tuple(Gap(_text(stage), _text(where), _text(reason)) for stage, where, reason in record.gaps),
    )


def _entries(record: _Record, layer: int) -> Iterable[Entry]:
    texts = _text(record.texts).split("\0")
    digests, at = record.digests.hex(), 0
    times: dict[float, float] = {}
    rows = zip(record.kinds, *record.numbers, *record.times, record.heads, strict=True)
    for place, (number, size, stored, mode, uid, gid, offset, mtime, atime, head) in enumerate(rows):
        kind = _KINDS[number]
        digest = ""
        if kind is Kind.FILE:
            digest = _DIGEST + digests[at : at + 64]
            at += 64
        path, target = texts[2 * place], texts[2 * place + 1]
        xattrs = tuple((_text(name), value) for name, value in record.xattrs.get(place, ()))
        device = record.devices.get(place, (0, 0))
        stored = size if stored == size else stored  # equal numbers are one: 100 000 entries take a tenth less memory
        mtime, atime = times.setdefault(mtime, mtime), times.setdefault(atime, atime)
        facts = (mode, uid, gid, mtime, atime, target, digest, head, layer, offset, xattrs, device)
        yield Entry(path, kind, size, stored, *facts)


def _joined(texts: Iterable[str]) -> bytes:
    return _bytes("\0".join(texts))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
