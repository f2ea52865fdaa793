"""What a zip header says beside its fixed fields: the name, the extra fields, the time (APPNOTE.TXT 4.5)."""

from __future__ import annotations

import calendar
import struct
import zlib
from collections.abc import Mapping

from deadweight.core.errors import Corrupt, Hostile

ZIP64, UNICODE_PATH, TIMESTAMP = 0x0001, 0x7075, 0x5455
_UTF8 = 0x0800
_FULL_32 = 0xFFFFFFFF


def decoded_name(raw: bytes, flags: int, where: str) -> str:
    """The name as text: UTF-8 where the header says so, else the code page of old."""
    if not flags & _UTF8:
        return raw.decode("cp437")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Corrupt(f"the name {raw[:80]!r} is not the UTF-8 it says it is", where=where) from error


def extra_records(extra: bytes, where: str) -> Mapping[int, bytes]:
    """The extra fields by their number; zero padding after them is passed over.

    Raises Hostile where a number that changes the meaning of an entry is there twice.
    """
    records: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        number, length = struct.unpack_from("<HH", extra, at)
        if at + 4 + length > len(extra):
            if number in (ZIP64, UNICODE_PATH):
                raise Corrupt("an extra field reaches beyond its header", where=where)
            break
        if number in records and number in (ZIP64, UNICODE_PATH):
            raise Hostile(f"the extra field {number:#06x} is there twice", where=where)
        records[number] = extra[at + 4 : at + 4 + length]
        at += 4 + length
    return records


def check_unicode_name(name: str, raw: bytes, records: Mapping[int, bytes], where: str) -> None:
    """Raises Hostile where the Unicode path field names another path: some readers would use that one."""
    record = records.get(UNICODE_PATH, b"")
    if len(record) < 5:
        return
    version, checksum = struct.unpack_from("<BI", record)
    if version == 1 and checksum == zlib.crc32(raw) and record[5:] != name.encode("utf-8"):
        raise Hostile(f"{name!r} has a second name, {record[5:85]!r}", where=where)


def widened(sizes: tuple[int, ...], record: bytes, where: str) -> tuple[int, ...]:
    """The sizes with those that are full replaced by the zip64 field's, in its order; what else it has is passed over.

    Raises Corrupt where the field lacks one.
    """
    full = sum(1 for size in sizes if size == _FULL_32)
    if not full:
        return sizes
    if len(record) < full * 8:
        raise Corrupt("a size is too big for its field and there is no zip64 field", where=where)
    wide = iter(struct.unpack_from(f"<{full}Q", record))
    return tuple(next(wide) if size == _FULL_32 else size for size in sizes)


def modified(date: int, time: int, record: bytes) -> float:
    """Seconds since the epoch: the extended timestamp, else the DOS date taken as UTC; 0 where it is no date."""
    if len(record) >= 5 and record[0] & 1:
        return float(struct.unpack_from("<i", record, 1)[0])
    year, month, day = 1980 + (date >> 9), date >> 5 & 15, date & 31
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return 0.0
    return float(calendar.timegm((year, month, day, time >> 11, time >> 5 & 63, (time & 31) * 2)))
