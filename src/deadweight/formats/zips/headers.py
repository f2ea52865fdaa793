"""The headers of a zip as bytes (APPNOTE.TXT 4.3): one fixed date, Unix modes, zip64 where a size needs it."""

from __future__ import annotations

import stat
import struct
import time
from dataclasses import dataclass

from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import UsageError

_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
_UTF8 = 0x0800
_UNIX = 3
_PLAIN, _WIDE = 20, 45
_FIRST_DATE = 315_532_800  # 1980-01-01T00:00:00Z, the first that a zip can hold
_LAST_DATE = 4_354_819_198  # 2107-12-31T23:59:58Z
_TYPES = {Kind.FILE: stat.S_IFREG, Kind.DIRECTORY: stat.S_IFDIR, Kind.SYMLINK: stat.S_IFLNK}
_DIRECTORY_ATTRIBUTE = 0x10


@dataclass(frozen=True, slots=True)
class PackedBody:
    """A body ready to be written: its method, checksum, packed and unpacked bytes."""

    method: int = 0
    crc: int = 0
    packed: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One member: its entry, its packed body, where its header starts, and its date in seconds since the epoch."""

    entry: Entry
    body: PackedBody
    offset: int
    date: int


def local_header(record: Record) -> bytes:
    """What stands before the body."""
    name, body = _name(record.entry), record.body
    wide = max(body.size, body.packed) >= _FULL_32
    extra = struct.pack("<HHQQ", 1, 16, body.size, body.packed) if wide else b""
    sizes = (_FULL_32, _FULL_32) if wide else (body.packed, body.size)
    fixed = (_version(wide), _flags(name), body.method, *_dos_time(record.date), body.crc, *sizes)
    return struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", *fixed, len(name), len(extra)) + name + extra


def central_header(record: Record) -> bytes:
    """What the central directory says of it."""
    name, body = _name(record.entry), record.body
    values = (body.size, body.packed, record.offset)
    wide = [value for value in values if value >= _FULL_32]
    extra = struct.pack(f"<HH{len(wide)}Q", 1, len(wide) * 8, *wide) if wide else b""
    size, packed, offset = (min(value, _FULL_32) for value in values)
    version = _version(bool(wide))
    head = struct.pack("<4sBBHHH", b"PK\x01\x02", version, _UNIX, version, _flags(name), body.method)
    middle = struct.pack("<HHIII", *_dos_time(record.date), body.crc, packed, size)
    tail = struct.pack("<HHHHHII", len(name), len(extra), 0, 0, 0, _attributes(record.entry), offset)
    return head + middle + tail + name + extra


def end_records(entries: int, size: int, offset: int) -> bytes:
    """The end of the archive: `size` and `offset` are those of the central directory."""
    end = (min(entries, _FULL_16), min(entries, _FULL_16), min(size, _FULL_32), min(offset, _FULL_32))
    plain = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, *end, 0)
    if entries < _FULL_16 and size < _FULL_32 and offset < _FULL_32:
        return plain
    version = (_UNIX << 8 | _WIDE, _WIDE)
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, *version, 0, 0, entries, entries, size, offset)
    return wide + struct.pack("<4sIQI", b"PK\x06\x07", 0, offset + size, 1) + plain


def zip_date(epoch: int) -> int:
    """The nearest date that a zip can hold."""
    return min(max(epoch, _FIRST_DATE), _LAST_DATE)


def _name(entry: Entry) -> bytes:
    name = entry.path + "/" if entry.kind is Kind.DIRECTORY else entry.path
    try:
        return name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(
            f"the name {name!r} is not text, and a zip holds no other", advice="Write a directory or a tar."
        ) from error


def _flags(name: bytes) -> int:
    return 0 if name.isascii() else _UTF8


def _version(wide: bool) -> int:
    return _WIDE if wide else _PLAIN


def _attributes(entry: Entry) -> int:
    unix = (_TYPES[entry.kind] | (entry.mode & 0o7777)) << 16
    return unix | (_DIRECTORY_ATTRIBUTE if entry.kind is Kind.DIRECTORY else 0)


def _dos_time(date: int) -> tuple[int, int]:
    at = time.gmtime(date)
    return at.tm_hour << 11 | at.tm_min << 5 | at.tm_sec // 2, (at.tm_year - 1980) << 9 | at.tm_mon << 5 | at.tm_mday
