"""The central directory of a zip: its members, each held against itself (APPNOTE.TXT 4.3.12)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from deadweight.core.errors import Corrupt, Hostile, Unknown
from deadweight.core.limits import Limits
from deadweight.formats.zips.end import read_end
from deadweight.formats.zips.extra import (
    TIMESTAMP,
    ZIP64,
    check_unicode_name,
    decoded_name,
    extra_records,
    modified,
    widened,
)

_HEADER = struct.Struct("<4s4BHHHHIIIHHHHHII")
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_PATCHED = 0x0020
_FULL_16 = 0xFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the central directory; `name` as decoded, `raw_name` as stored, `offset` from the file's start.

    `size` is the unpacked and `packed` the stored body in bytes, `modified` seconds since the epoch.
    """

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    system: int
    attributes: int
    modified: float


@dataclass(frozen=True, slots=True)
class Central:
    """A central directory: its members in the order stored, where it starts and where the file ends."""

    members: tuple[Member, ...]
    start: int
    end: int


def read_central(file: BinaryIO, where: str, limits: Limits) -> Central:
    """The central directory of an open zip.

    Raises Corrupt for a zip that is truncated or followed by other data, Hostile where two readings are possible,
    Unknown for encryption and for archives over several disks.
    """
    length = file.seek(0, os.SEEK_END)
    end = read_end(file, length, where)
    if end.entries > limits.entries or end.size > limits.metadata * 4:
        raise Hostile(f"a central directory of {end.entries} entries and {end.size} bytes", where=where)
    start = end.start - end.size
    shift = start - end.offset
    if start < 0 or shift < 0:
        raise Corrupt("the zip is truncated: its central directory lies outside of it", where=where)
    file.seek(start)
    members = tuple(_members(file.read(end.size), shift, where))
    if len(members) != end.entries:
        raise Hostile(f"{end.entries} entries are declared and {len(members)} are there", where=where)
    return Central(members, start, length)


def _members(stored: bytes, shift: int, where: str) -> Iterator[Member]:
    at = 0
    while at < len(stored):
        if at + _HEADER.size > len(stored) or stored[at : at + 4] != b"PK\x01\x02":
            raise Corrupt("the central directory is damaged", where=where)
        fields = _HEADER.unpack_from(stored, at)
        name_length, extra_length, comment_length = fields[12:15]
        name_at, extra_at = at + _HEADER.size, at + _HEADER.size + name_length
        at = extra_at + extra_length + comment_length
        if at > len(stored):
            raise Corrupt("the central directory is damaged", where=where)
        yield _member(fields, stored[name_at:extra_at], stored[extra_at : extra_at + extra_length], (shift, where))


def _member(fields: tuple[int, ...], raw_name: bytes, extra: bytes, place: tuple[int, str]) -> Member:
    shift, where = place
    _, _, system, _, _, flags, method, time, date, crc, packed, size, _, _, _, disk, _, attributes, offset = fields
    name = decoded_name(raw_name, flags, where)
    _check_readable(name, flags, disk, where)
    records = extra_records(extra, where)
    check_unicode_name(name, raw_name, records, where)
    size, packed, offset = widened((size, packed, offset), records.get(ZIP64, b""), where)
    time_of_change = modified(date, time, records.get(TIMESTAMP, b""))
    return Member(name, raw_name, flags, method, crc, packed, size, offset + shift, system, attributes, time_of_change)


def _check_readable(name: str, flags: int, disk: int, where: str) -> None:
    if flags & _ENCRYPTED:
        raise Unknown(f"{name!r} is encrypted", where=where, advice="Decrypt the archive first.")
    if flags & _PATCHED:
        raise Unknown(f"{name!r} is a patch to another archive", where=where)
    if disk not in (0, _FULL_16):
        raise Unknown("the zip is spread over several disks", where=where, advice="Join it into one file first.")
