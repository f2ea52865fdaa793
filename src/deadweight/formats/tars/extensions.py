"""What PAX records before a tar header say of the member (POSIX.1-2024 pax)."""

from __future__ import annotations

import math
from collections.abc import Mapping

from deadweight.core.errors import Corrupt
from deadweight.formats.tars.header import MOST_ID, MOST_SECONDS

MAX_EXTENSION = 16 << 20
"""Bytes of one PAX header or long name: room for the map of any real sparse file."""
MOST_DIGITS = 19
"""Of a 64-bit number."""

_XATTR = "SCHILY.xattr."


def pax_records(body: bytes, where: str) -> list[tuple[str, bytes]]:
    """The records of a PAX header, in order, keys as text; raises Corrupt for a malformed one."""
    records = []
    at = 0
    while at < len(body) and body[at]:
        digits, _, _ = body[at : at + 20].partition(b" ")
        length = int(digits) if digits.isdigit() else 0
        record = body[at + len(digits) + 1 : at + length]
        key, equals, value = record.partition(b"=")
        if at + length > len(body) or not record.endswith(b"\n") or not equals or not key:
            raise Corrupt(f"a malformed PAX record {body[at : at + 40]!r}", where=where)
        records.append((key.decode("utf-8", "surrogateescape"), value[:-1]))
        at += length
    return records


def pax_number(pax: Mapping[str, bytes], key: str, default: int, where: str) -> int:
    """The whole number of a record, the default where there is none."""
    value = pax.get(key)
    if value is None or value == b"":
        return default
    if not value.isdigit() or len(value) > MOST_DIGITS:
        raise Corrupt(f"the PAX record {key} is {value[:40]!r}, not a number", where=where)
    return int(value)


def pax_owner(pax: Mapping[str, bytes], key: str, default: int, where: str) -> int:
    """The number of a user or group, the default where there is none."""
    number = pax_number(pax, key, default, where)
    if number > MOST_ID:
        raise Corrupt(f"the PAX record {key} is {number}, more than any system takes", where=where)
    return number


def pax_time(pax: Mapping[str, bytes], key: str, default: float, where: str) -> float:
    """The time of a record in seconds, the default where there is none."""
    value = pax.get(key)
    if value is None or value == b"":
        return default
    try:
        time = float(value)
    except ValueError:
        time = math.nan
    if not abs(time) < MOST_SECONDS:
        raise Corrupt(f"the PAX record {key} is {value[:40]!r}, not a time", where=where)
    return time


def extended_attributes(pax: Mapping[str, bytes]) -> tuple[tuple[str, bytes], ...]:
    """The extended attributes among the records, sorted by name."""
    found = ((key[len(_XATTR) :], value) for key, value in pax.items() if key.startswith(_XATTR))
    return tuple(sorted(found))
