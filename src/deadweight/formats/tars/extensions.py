"""What stands before a tar header and changes it: PAX records, GNU long names, sparse maps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from deadweight.core.errors import Corrupt
from deadweight.formats.tars.header import MOST_ID, MOST_SECONDS

Regions = tuple[tuple[int, int], ...]
"""Where the data of a sparse file lies: (offset in the file, bytes), in order, without overlap."""

_XATTR = "SCHILY.xattr."
_GNU_SPARSE = "GNU.sparse."
_MOST_DIGITS = 19  # of a 64-bit number


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
    if not value.isdigit() or len(value) > _MOST_DIGITS:
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


def pax_sparse(records: Sequence[tuple[str, bytes]], where: str) -> Regions | None:
    """The map of a sparse file as PAX records hold it (GNU formats 0.0 and 0.1), None where they hold none."""
    listed = [value for key, value in records if key in ("GNU.sparse.offset", "GNU.sparse.numbytes")]
    whole = dict(records).get("GNU.sparse.map")
    if whole is not None:
        listed = whole.split(b",") if whole else []
    elif not listed and "GNU.sparse.numblocks" not in dict(records):
        return None
    return _pairs(listed, where)


def numbered_count(text: bytes, where: str) -> int:
    """How many regions the map that starts with this text has (GNU format 1.0 puts it before the data)."""
    return _whole(text.partition(b"\n")[0], where)


def numbered_sparse(text: bytes, where: str) -> Regions:
    """The map of GNU format 1.0, from the whole text of it."""
    lines = text.split(b"\n")
    return _pairs(lines[1 : 2 * numbered_count(lines[0], where) + 1], where)


def old_sparse(block: bytes, first: bool, where: str) -> tuple[Regions, bool]:
    """The map in an old GNU header (`first`) or in a block that follows it, and whether more blocks follow."""
    start, pairs, more = (386, 4, 482) if first else (0, 21, 504)
    found = []
    for place in range(pairs):
        field = block[start + 24 * place : start + 24 * place + 24]
        offset, size = (part.partition(b"\0")[0].strip() for part in (field[:12], field[12:]))
        if offset:
            found.append((octal(offset, where), octal(size, where)))
    return tuple(found), bool(block[more])


def checked_regions(regions: Regions, size: int, data: int, where: str) -> Regions:
    """The map of a file of `size` bytes with `data` stored ones, raising Corrupt where it does not fit them."""
    at = 0
    for offset, length in regions:
        if offset < at:
            raise Corrupt("the map of a sparse file goes backwards", where=where)
        at = offset + length
    stored = sum(length for _, length in regions)
    if at > size or stored != data:
        raise Corrupt(f"a sparse file of {size} bytes maps {stored} and stores {data}", where=where)
    return tuple(region for region in regions if region[1])


def octal(text: bytes, where: str) -> int:
    """The number of a map in an old GNU header, octal or base 256."""
    if text[:1] >= b"\x80":
        return int.from_bytes(bytes([text[0] & 0x7F]) + text[1:], "big")
    try:
        return int(text, 8)
    except ValueError:
        raise Corrupt(f"the map of a sparse file holds {text!r}", where=where) from None


def _pairs(numbers: Sequence[bytes], where: str) -> Regions:
    if len(numbers) % 2:
        raise Corrupt("the map of a sparse file has half a pair", where=where)
    whole = [_whole(number, where) for number in numbers]
    return tuple(zip(whole[::2], whole[1::2], strict=True))


def _whole(text: bytes, where: str) -> int:
    if not text.isdigit() or len(text) > _MOST_DIGITS:
        raise Corrupt(f"the map of a sparse file holds {text[:40]!r}", where=where)
    return int(text)
