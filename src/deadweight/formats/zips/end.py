"""Where a zip ends and where its central directory lies (APPNOTE.TXT 4.3.14 to 4.3.16)."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

from deadweight.core.errors import Corrupt, Hostile, Unknown

_END = struct.Struct("<4sHHHHIIH")
_END_64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_LONGEST_COMMENT = 0xFFFF
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class End:
    """What the end record declares: entries, bytes and offset of the central directory; `start` is its own place."""

    entries: int
    size: int
    offset: int
    start: int


def starts_zip(file: BinaryIO) -> bool:
    """Whether the file starts as a zip does, or as a program does and ends as a zip does."""
    file.seek(0)
    head = file.read(4)
    return head in (b"PK\x03\x04", b"PK\x05\x06") or (is_program(head) and has_end(file))


def is_program(head: bytes) -> bool:
    """Whether a file that starts like this may carry a zip: a script, a Windows or an ELF program."""
    return head.startswith((b"#!", b"MZ", b"\x7fELF"))


def has_end(file: BinaryIO) -> bool:
    """Whether the file ends as a zip does."""
    length = file.seek(0, os.SEEK_END)
    return bool(_end_places(_tail(file, length)))


def _tail(file: BinaryIO, length: int) -> bytes:
    file.seek(max(0, length - _END.size - _LONGEST_COMMENT))
    return file.read()


def _end_places(tail: bytes) -> list[int]:
    """Where an end record could stand: its comment reaches exactly to the end of the file."""
    places = []
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if at + _END.size <= len(tail) and at + _END.size + _END.unpack_from(tail, at)[7] == len(tail):
            places.append(at)
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return places


def read_end(file: BinaryIO, length: int, where: str) -> End:
    """The end record of a zip of that many bytes, the zip64 one where there is one.

    Raises Corrupt for a zip that is truncated or followed by other data, Hostile where two readings are possible.
    """
    tail = _tail(file, length)
    places = _end_places(tail)
    if not places:
        raise Corrupt(
            "the zip has no end: it is truncated, or other data follow it", where=where, advice="Fetch it again."
        )
    if len(places) > 1:
        raise Hostile("the zip has two ends: readers would disagree on what is in it", where=where)
    _, disk, first, here, entries, size, offset, _ = _END.unpack_from(tail, places[0])
    start = length - len(tail) + places[0]
    declared = _read_end_64(file, start, where)
    if declared is None and _FULL_16 not in (entries, disk) and _FULL_32 not in (size, offset):
        _check_single_disk((disk, first), here, entries, where)
        return End(entries, size, offset, start)
    if declared is None:
        raise Corrupt("the end record says zip64 and there is none", where=where)
    _check_agreement((entries, size, offset), declared, where)
    return declared


def _check_single_disk(disks: tuple[int, int], here: int, entries: int, where: str) -> None:
    if any(disks) or here != entries:
        raise Unknown("the zip is spread over several disks", where=where, advice="Join it into one file first.")


def _check_agreement(short: tuple[int, int, int], long: End, where: str) -> None:
    for value, full, whole in zip(
        short, (_FULL_16, _FULL_32, _FULL_32), (long.entries, long.size, long.offset), strict=True
    ):
        if value not in (full, whole):
            raise Hostile("the zip64 end record and the plain one disagree", where=where)


def _read_end_64(file: BinaryIO, end: int, where: str) -> End | None:
    if end < _LOCATOR.size + _END_64.size:
        return None
    file.seek(end - _LOCATOR.size - _END_64.size)
    record = file.read(_END_64.size)
    mark, disk, _, disks = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if mark != b"PK\x06\x07":
        return None
    mark, size, _, _, disk, first, here, entries, directory, offset = _END_64.unpack(record)
    if mark != b"PK\x06\x06" or size != _END_64.size - 12 or disks > 1:
        raise Corrupt("the zip64 end record is not where its locator says", where=where)
    _check_single_disk((disk, first), here, entries, where)
    return End(entries, directory, offset, end - _LOCATOR.size - _END_64.size)
