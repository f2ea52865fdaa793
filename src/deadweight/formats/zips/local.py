"""The local headers of a zip, held against its central directory: every reader must see the same (CVE-2025-54368)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from deadweight.core.errors import Corrupt, Hostile
from deadweight.formats.zips.directory import Central, Member
from deadweight.formats.zips.end import is_program
from deadweight.formats.zips.extra import ZIP64, check_unicode_name, extra_records, widened

LOCAL = b"PK\x03\x04"
_HEADER = struct.Struct("<4sHHHHHIIIHH")
_DESCRIBED_LATER = 0x0008
_DESCRIPTORS = ((12, "<III"), (16, "<4xIII"), (20, "<IQQ"), (24, "<4xIQQ"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member's stored body lies in the file: from `start`, `member.packed` bytes."""

    member: Member
    start: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where all bodies lie, in the order of the file, and the bytes before the first header and between members."""

    places: tuple[Place, ...]
    prefix: int
    unreferenced: int


def read_layout(file: BinaryIO, central: Central, where: str) -> Layout:
    """Where each body lies.

    Raises Hostile where local headers say something else than the central directory, where members overlap, or where
    a member is hidden between two others; Corrupt where there is no header.
    """
    members = sorted(central.members, key=lambda member: member.offset)
    places = tuple(_place(file, member, central.start, where) for member in members)
    ends = [*(member.offset for member in members), central.start]
    prefix, *nexts = ends
    gaps = sum(_gap(file, place, end, where) for place, end in zip(places, nexts, strict=True))
    _check_prefix(file, prefix, where)
    return Layout(places, prefix, gaps)


def _place(file: BinaryIO, member: Member, end: int, where: str) -> Place:
    file.seek(member.offset)
    stored = file.read(_HEADER.size)
    if len(stored) < _HEADER.size or stored[:4] != LOCAL:
        raise Corrupt(f"{member.name!r} has no header where the central directory says", where=where)
    fields = _HEADER.unpack(stored)
    name_length, extra_length = fields[9], fields[10]
    raw_name, extra = file.read(name_length), file.read(extra_length)
    start = member.offset + _HEADER.size + name_length + extra_length
    if start + member.packed > end:
        raise Corrupt(f"the body of {member.name!r} reaches beyond the bodies", where=where)
    if raw_name != member.raw_name:
        raise Hostile(f"{member.name!r} is called {raw_name[:200]!r} in its own header", where=where)
    records = extra_records(extra, where)
    check_unicode_name(member.name, raw_name, records, where)
    _check_agreement(member, fields, records.get(ZIP64, b""), where)
    return Place(member, start)


def _check_agreement(member: Member, fields: tuple[int, ...], record: bytes, where: str) -> None:
    _, _, flags, method, _, _, crc, packed, size, _, _ = fields
    if flags != member.flags or method != member.method:
        raise Hostile(f"{member.name!r} has other flags or another method in its own header", where=where)
    if flags & _DESCRIBED_LATER and not crc and packed in (0, 0xFFFFFFFF) and size in (0, 0xFFFFFFFF):
        return
    size, packed = widened((size, packed), record, where)
    if (crc, packed, size) != (member.crc, member.packed, member.size):
        raise Hostile(f"{member.name!r} has another size or checksum in its own header", where=where)


def _gap(file: BinaryIO, place: Place, end: int, where: str) -> int:
    """The bytes after a body that belong to no member, up to where the next header starts."""
    member = place.member
    after = place.start + member.packed
    if after > end:
        raise Hostile(f"{member.name!r} overlaps the member after it", where=where)
    file.seek(after)
    head = file.read(min(28, end - after))
    described = _descriptor(head, member) if member.flags & _DESCRIBED_LATER else 0
    if member.flags & _DESCRIBED_LATER and not described:
        raise Hostile(f"{member.name!r} is described otherwise after its body", where=where)
    if head[described:].startswith(LOCAL):
        raise Hostile(f"a member that the central directory does not name follows {member.name!r}", where=where)
    return end - after - described


def _descriptor(head: bytes, member: Member) -> int:
    """The length of the data descriptor that describes the member, 0 for none."""
    for length, form in reversed(_DESCRIPTORS):
        signed = form[1] == "4"
        if len(head) < length or (signed and head[:4] != b"PK\x07\x08"):
            continue
        if struct.unpack_from(form, head) == (member.crc, member.packed, member.size):
            return length
    return 0


def _check_prefix(file: BinaryIO, prefix: int, where: str) -> None:
    """What stands before the first member must be a program that carries the archive, or nothing."""
    file.seek(0)
    head = file.read(min(4, prefix))
    if prefix and not is_program(head):
        raise Hostile(f"{prefix} bytes that belong to no member stand before the archive", where=where)
