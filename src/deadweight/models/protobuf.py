"""Messages of protobuf, walked field by field without a schema; long fields are places, never bytes in memory.

Source: protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deadweight.core.errors import Corrupt
from deadweight.models.window import Window

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its number and wire type; `value` of a number, or where `length` bytes lie from `start` on.

    `at` is where the field starts with its tag.
    """

    number: int
    wire: int
    value: int
    start: int
    length: int
    at: int


def varint(window: Window, at: int, end: int) -> tuple[int, int]:
    """A number and where the next byte after it lies; raises Corrupt for one that has no end."""
    value = 0
    piece = window.read(at, min(10, end - at))
    for place, byte in enumerate(piece):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at + place + 1
    raise Corrupt(f"a number at offset {at} has no end", where=window.where)


def fields(window: Window, start: int, length: int) -> Iterator[Field]:
    """The fields of the message there; raises Corrupt where one reaches beyond it or has no known type."""
    at, end = start, start + length
    window.check(start, length)
    while at < end:
        place = at
        tag, at = varint(window, at, end)
        number, wire = tag >> 3, tag & 7
        value = size = 0
        if wire == VARINT:
            begin = at
            value, at = varint(window, at, end)
            size = at - begin
        elif wire == LENGTH:
            size, begin = varint(window, at, end)
            at = begin + size
        elif wire in (FIXED32, FIXED64):
            begin, size = at, 4 if wire == FIXED32 else 8
            at = begin + size
        else:
            raise Corrupt(f"a field at offset {place} has the wire type {wire}", where=window.where)
        if at > end or not number:
            raise Corrupt(f"the field {number} at offset {place} reaches beyond its message", where=window.where)
        if wire in (FIXED32, FIXED64):
            value = int.from_bytes(window.read(begin, size), "little")
        yield Field(number, wire, value, begin, size, place)


def text(window: Window, field: Field) -> str:
    """A field of text."""
    return window.read(field.start, field.length).decode("utf-8", "replace")


def numbers(window: Window, field: Field) -> list[int]:
    """A number, or the many of a packed field, as signed 64-bit integers."""
    if field.wire == VARINT:
        return [signed(field.value)]
    found, at, end = [], field.start, field.start + field.length
    while at < end:
        value, at = varint(window, at, end)
        found.append(signed(value))
    return found


def signed(value: int) -> int:
    """A 64-bit number as protobuf writes an int64."""
    return value - (1 << 64) if value >> 63 else value
