"""Writes entries as a zip: sorted, one fixed date, so that the same input gives the same bytes (PEP 427)."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes, Write, writes
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.gap import Gap
from deadweight.core.seams import Packing
from deadweight.formats.hard_links import anchored
from deadweight.formats.output import whole_file
from deadweight.formats.trees.unread import refuse_unread
from deadweight.formats.zips.headers import PackedBody, Record, central_header, end_records, local_header, zip_date

_CHUNK = 1 << 20
_IN_MEMORY = 16 << 20
_LEVEL = 6
_STORED, _DEFLATED = 0, 8
_UNKNOWN_TO_ZIP = (Kind.FIFO, Kind.CHARACTER, Kind.BLOCK)

_Key = tuple[int, str]


def pack_zip(artifact: Artifact, changes: Changes, out: Path, packing: Packing) -> None:
    """Write the artifact's visible entries, with the changes made, as one zip.

    Hard links become copies; devices and fifos are left out and noted. Bodies are packed in the order in which the
    artifact stores them into an unnamed file beside `out`, then written in the order of the archive.
    """
    refuse_unread(artifact)
    level = _level(packing)
    planned = _planned(artifact, changes, packing)
    with whole_file(out) as stream, TemporaryFile(dir=out.parent) as kept:
        spool = _Spool(kept, level)
        _pack_bodies(planned, artifact, spool, packing)
        _write_archive(stream, planned, spool, zip_date(packing.epoch))


def _level(packing: Packing) -> int:
    if packing.codec not in ("", "store", "gzip"):
        raise UsageError(f"a zip is not packed with {packing.codec}", advice="Choose gzip (deflate) or store.")
    if packing.codec == "store":
        return 0
    return _LEVEL if packing.level is None else packing.level


def _planned(artifact: Artifact, changes: Changes, packing: Packing) -> tuple[Write, ...]:
    """What to write in the order of the archive: metadata of the distribution last, its RECORD at the very end."""
    planned = []
    for one in writes(artifact.inventory.visible, changes):
        if one.entry.kind in _UNKNOWN_TO_ZIP:
            packing.note(Gap("pack", one.entry.path, f"a zip cannot hold a {one.entry.kind.value}: left out"))
        elif one.entry.path:
            planned.append(one)
    return tuple(sorted(_copied_links(planned, artifact.location), key=_order))


def _copied_links(planned: Sequence[Write], where: str) -> Iterator[Write]:
    """Each write, hard links as copies of the file that they share."""
    by_path = {one.entry.path: one for one in planned}
    for one in anchored(planned, where):
        first = by_path[one.entry.target] if one.entry.kind is Kind.HARDLINK else one
        yield replace(first, entry=first.entry.but(path=one.entry.path))


def _order(one: Write) -> tuple[bool, bool, str]:
    top, _, rest = one.entry.path.partition("/")
    return (top.endswith(".dist-info"), rest == "RECORD", one.entry.path)


@dataclass(slots=True)
class _Spool:
    """Packed bodies in the order in which they came, found again by key."""

    file: BinaryIO
    level: int
    places: dict[_Key, tuple[int, PackedBody]] = field(default_factory=dict)

    def add(self, key: _Key, body: BinaryIO, size: int) -> None:
        """Pack one body; what does not get smaller is stored as it is."""
        start = self.file.seek(0, io.SEEK_END)
        if size <= _IN_MEMORY:
            self.places[key] = start, self._add_small(body.read())
        else:
            self.places[key] = start, self._add_large(body)
        if self.places[key][1].size != size:
            raise Corrupt(f"{self.places[key][1].size} bytes where {size} should be", where=key[1])

    def copy(self, key: _Key, stream: BinaryIO) -> None:
        """Write a packed body out."""
        start, body = self.places[key]
        self.file.seek(start)
        left = body.packed
        while left:
            piece = self.file.read(min(left, _CHUNK))
            stream.write(piece)
            left -= len(piece)

    def _add_small(self, body: bytes) -> PackedBody:
        packing = zlib.compressobj(self.level, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packing.compress(body) + packing.flush() if self.level else body
        method, least = (_DEFLATED, packed) if len(packed) < len(body) else (_STORED, body)
        self.file.write(least)
        return PackedBody(method, zlib.crc32(body), len(least), len(body))

    def _add_large(self, body: BinaryIO) -> PackedBody:
        packing = zlib.compressobj(self.level, zlib.DEFLATED, -zlib.MAX_WBITS)
        checksum = size = packed = 0
        while chunk := body.read(_CHUNK):
            checksum = zlib.crc32(chunk, checksum)
            size += len(chunk)
            packed += self.file.write(packing.compress(chunk) if self.level else chunk)
        packed += self.file.write(packing.flush()) if self.level else 0
        return PackedBody(_DEFLATED if self.level else _STORED, checksum, packed, size)


def _key(one: Write) -> _Key | None:
    """What tells bodies apart: a copy of a hard-linked body is packed once."""
    if one.staged is not None:
        return (-1, str(one.staged))
    if one.source is not None:
        return (one.source.layer, one.source.path)
    return (-2, one.entry.path) if one.entry.kind is Kind.SYMLINK else None


def _pack_bodies(planned: Sequence[Write], artifact: Artifact, spool: _Spool, packing: Packing) -> None:
    sources: dict[_Key, Entry] = {}
    packing.progress.start("packing", sum(one.entry.size for one in planned))
    for one in planned:
        key = _key(one)
        if one.staged is not None and key is not None:
            with one.staged.open("rb") as staged:
                spool.add(key, staged, one.entry.size)
            packing.progress.advance(one.entry.size)
        elif one.source is not None and key is not None:
            sources[key] = one.source
        elif key is not None:
            text = one.entry.target.encode("utf-8", "surrogateescape")
            spool.add(key, io.BytesIO(text), len(text))
    for entry, body in artifact.contents.stream(sources.values()):
        spool.add((entry.layer, entry.path), body, entry.size)
        packing.progress.advance(entry.size)
    packing.progress.finish()


def _write_archive(stream: BinaryIO, planned: Sequence[Write], spool: _Spool, date: int) -> None:
    records = []
    for one in planned:
        key = _key(one)
        body = spool.places[key][1] if key is not None else PackedBody()
        record = Record(one.entry, body, stream.tell(), date)
        records.append(record)
        stream.write(local_header(record))
        if key is not None:
            spool.copy(key, stream)
    start = stream.tell()
    for record in records:
        stream.write(central_header(record))
    stream.write(end_records(len(records), stream.tell() - start, start))
