"""Where the data of a sparse file lies, in each form that tars have for it (GNU tar manual, Sparse Formats)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from deadweight.core.errors import Corrupt, Hostile
from deadweight.formats.tars.extensions import MAX_EXTENSION, MOST_DIGITS, pax_number
from deadweight.formats.tars.feed import Feed, truncated
from deadweight.formats.tars.header import BLOCK, Block

Regions = tuple[tuple[int, int], ...]
"""Where the data of a sparse file lies: (offset in the file, bytes), in order, without overlap."""


class SparseMap(NamedTuple):
    """The regions of a file of `size` bytes of which `data` are stored, unchecked."""

    regions: Regions
    size: int
    data: int


def sparse_map(
    feed: Feed, raw: Block, block: bytes, context: tuple[Mapping[str, bytes], Sequence[tuple[str, bytes]], str]
) -> SparseMap | None:
    """The map of a sparse member, None for any other; the feed is moved past a map that stands before the data.

    The context is all that PAX records say, the records of this member alone in their order, and where the tar is.
    """
    pax, records, where = context
    if raw.flag == b"S":
        return SparseMap(_old_map(feed, block, where), _old_size(block, where), raw.size)
    size = pax_number(pax, "GNU.sparse.realsize", pax_number(pax, "GNU.sparse.size", raw.size, where), where)
    if pax.get("GNU.sparse.major") == b"1":
        begin = feed.position
        regions = _numbered_map(feed, where)
        return SparseMap(regions, size, raw.size - (feed.position - begin))
    listed = pax_sparse(records, where)
    return None if listed is None else SparseMap(listed, size, raw.size)


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


def _old_map(feed: Feed, block: bytes, where: str) -> Regions:
    regions, more = old_sparse(block, True, where)
    found = list(regions)
    while more:
        block = feed.take(BLOCK)
        if len(block) != BLOCK:
            raise truncated(where, feed.position)
        regions, more = old_sparse(block, False, where)
        found.extend(regions)
        if len(found) * BLOCK > MAX_EXTENSION:
            raise Hostile("the map of a sparse file has no end", where=where)
    return tuple(found)


def _old_size(block: bytes, where: str) -> int:
    return octal(block[483:495].strip(b"\0 ") or b"0", where)


def _numbered_map(feed: Feed, where: str) -> Regions:
    blocks: list[bytes] = []
    lines = wanted = 0
    while lines <= wanted:
        block = feed.take(BLOCK)
        if len(block) != BLOCK:
            raise truncated(where, feed.position)
        blocks.append(block)
        lines += block.count(b"\n")
        if lines and len(blocks) == 1:
            wanted = 2 * numbered_count(block, where)
        if wanted * 2 > MAX_EXTENSION:
            raise Hostile("the map of a sparse file has no end", where=where)
    return numbered_sparse(b"".join(blocks), where)


def _pairs(numbers: Sequence[bytes], where: str) -> Regions:
    if len(numbers) % 2:
        raise Corrupt("the map of a sparse file has half a pair", where=where)
    whole = [_whole(number, where) for number in numbers]
    return tuple(zip(whole[::2], whole[1::2], strict=True))


def _whole(text: bytes, where: str) -> int:
    if not text.isdigit() or len(text) > MOST_DIGITS:
        raise Corrupt(f"the map of a sparse file holds {text[:40]!r}", where=where)
    return int(text)
