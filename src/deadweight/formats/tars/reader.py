"""The members of a tar, by walking its headers (POSIX.1-2024 pax; GNU tar manual, Tar Internals)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Hostile, Unknown
from deadweight.core.limits import Limits
from deadweight.core.paths import plain
from deadweight.formats.tars.extensions import (
    MAX_EXTENSION,
    extended_attributes,
    pax_number,
    pax_owner,
    pax_records,
    pax_time,
)
from deadweight.formats.tars.feed import ChunkFeed, Feed, SeekFeed, truncated
from deadweight.formats.tars.header import BLOCK, ZEROS, Block, padded, read_block
from deadweight.formats.tars.sparse_maps import Regions, SparseMap, checked_regions, sparse_map

_KINDS = {
    b"1": Kind.HARDLINK,
    b"2": Kind.SYMLINK,
    b"3": Kind.CHARACTER,
    b"4": Kind.BLOCK,
    b"5": Kind.DIRECTORY,
    b"6": Kind.FIFO,
}


class Header(NamedTuple):
    """All that is said of a member before its body.

    `size` is that of the file, `data` what of it is stored; they differ for a sparse file, whose `regions` say
    where the data goes. `start`, `body` and `end` are places in the unpacked tar, the end with its padding.
    """

    path: str
    kind: Kind
    size: int
    data: int
    mode: int
    uid: int
    gid: int
    mtime: float
    atime: float
    target: str
    xattrs: tuple[tuple[str, bytes], ...]
    device: tuple[int, int]
    start: int
    body: int
    end: int
    regions: Regions | None


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its entry (layer 0, digest unread, `stored` as in the tar), and where header, body and end are."""

    entry: Entry
    start: int
    body: int
    end: int


@dataclass(slots=True)
class _Before:
    """What stood before a header and is about it."""

    pax: list[tuple[str, bytes]] = field(default_factory=list)
    name: bytes | None = None
    link: bytes | None = None

    def __bool__(self) -> bool:
        return bool(self.pax) or self.name is not None or self.link is not None


def walk(stream: BinaryIO, where: str, limits: Limits) -> Iterator[Member]:
    """Every member of an unpacked tar, in order; a seekable stream may be moved to read a body in between.

    Raises Corrupt for a truncated or damaged tar, Hostile for a name that no file system takes or that climbs out.
    """
    feed: Feed = SeekFeed(stream, where) if stream.seekable() else ChunkFeed(stream, where, limits)
    for header in headers(feed, where, limits):
        stored = header.data if header.kind is Kind.FILE else 0
        yield Member(entry_of(header, stored=stored), header.start, header.body, header.end)


def entry_of(header: Header, stored: int, digest: str = "", head: bytes = b"", layer: int = 0) -> Entry:
    """The entry of a header, with what reading its body told."""
    return Entry(
        header.path,
        header.kind,
        header.size,
        stored,
        header.mode,
        header.uid,
        header.gid,
        header.mtime,
        header.atime,
        header.target,
        digest,
        head,
        layer,
        header.body if header.kind is Kind.FILE else -1,
        header.xattrs,
        header.device,
    )


def headers(feed: Feed, where: str, limits: Limits, marked_end: bool = False) -> Iterator[Header]:
    """Every header; the feed stands at the body when one is given, and what of it is not taken is passed over.

    Once the last was given the feed stands behind the end mark. With `marked_end` a tar without one is taken for
    cut off; layers are made without one (umoci).
    """
    shared: dict[str, bytes] = {}
    count = 0
    before = 0
    while (header := _next(feed, where, shared)) is not None:
        count += 1
        if count > limits.entries:
            raise Hostile(f"more than {limits.entries} entries", where=where)
        if header.path.count("/") >= limits.depth:
            raise Hostile(f"a path of more than {limits.depth} components", where=where)
        yield header
        at = feed.position
        if at < header.end:
            feed.skip(max(0, header.body + header.data - at))
            feed.skip_padding(header.end)
        before = feed.position
    if marked_end and feed.position == before:
        raise truncated(where, feed.position)


def _next(feed: Feed, where: str, shared: dict[str, bytes]) -> Header | None:
    start = feed.position
    before = _Before()
    while True:
        at = feed.position
        block = feed.take(BLOCK)
        if not block or block == ZEROS:
            _end(feed, block, before, where)
            return None
        if len(block) != BLOCK:
            raise truncated(where, feed.position)
        raw = read_block(block, where, at)
        if raw.flag not in b"xgXLKVM":
            if at == start and not shared and raw.flag != b"S":
                return _plain_header(raw, start, feed.position, where)
            return _header(feed, raw, block, (start, before, shared, where))
        _extend(feed, raw, before, (shared, where))


def _end(feed: Feed, block: bytes, before: _Before, where: str) -> None:
    """Two blocks of zeros, or the bare end that some writers leave."""
    if before:
        raise truncated(where, feed.position)
    if block and feed.take(BLOCK).strip(b"\0"):
        raise Corrupt("data follows a lone block of zeros: readers disagree about what is in it", where=where)


def _extend(feed: Feed, raw: Block, before: _Before, context: tuple[dict[str, bytes], str]) -> None:
    shared, where = context
    if raw.flag == b"M":
        raise Unknown("it continues another volume", where=where, advice="Join the volumes first.")
    if raw.flag == b"V":
        return
    if raw.size > MAX_EXTENSION:
        raise Hostile(f"an extended header of {raw.size} bytes", where=where)
    body = feed.take(raw.size)
    if len(body) != raw.size:
        raise truncated(where, feed.position)
    feed.skip(padded(raw.size) - raw.size)
    if raw.flag == b"L":
        before.name = body.partition(b"\0")[0]
    elif raw.flag == b"K":
        before.link = body.partition(b"\0")[0]
    elif raw.flag == b"g":
        shared.update(pax_records(body, where))
    else:
        before.pax.extend(pax_records(body, where))


def _header(feed: Feed, raw: Block, block: bytes, context: tuple[int, _Before, dict[str, bytes], str]) -> Header:
    start, before, shared, where = context
    pax = {**shared, **dict(before.pax)}
    named = raw._replace(
        name=pax.get("path") or before.name or raw.name,
        link=pax.get("linkpath") or before.link or raw.link,
        size=pax_number(pax, "size", raw.size, where),
        uid=pax_owner(pax, "uid", raw.uid, where),
        gid=pax_owner(pax, "gid", raw.gid, where),
    )
    sparse = sparse_map(feed, named, block, (pax, before.pax, where))
    header = _plain_header(named._replace(name=pax.get("GNU.sparse.name") or named.name), start, feed.position, where)
    header = header._replace(
        mtime=pax_time(pax, "mtime", header.mtime, where),
        atime=pax_time(pax, "atime", 0.0, where),
        xattrs=extended_attributes(pax),
    )
    return header if sparse is None or header.kind is not Kind.FILE else _with_holes(header, sparse, where)


def _plain_header(raw: Block, start: int, body: int, where: str) -> Header:
    name, mode, uid, gid, size, mtime, flag, link, device = raw
    kind = _KINDS.get(flag, Kind.FILE)
    if flag == b"D" or (flag == b"\0" and name.endswith(b"/")):
        kind = Kind.DIRECTORY
    path = plain(name.decode("utf-8", "surrogateescape"), where)
    if not path and kind is not Kind.DIRECTORY:
        raise Corrupt(f"a {kind} without a name", where=where)
    # Only files have bodies, whatever the size field says; so read tar of Go, GNU and Python. "D" lists a directory.
    data = size if kind is Kind.FILE or flag == b"D" else 0
    target = _target(link, kind, where) if flag in b"12" else ""
    facts = (mode & 0o7777, uid, gid, float(mtime), 0.0, target, (), device)
    return Header(path, kind, data if kind is Kind.FILE else 0, data, *facts, start, body, body + padded(data), None)


def _target(link: bytes, kind: Kind, where: str) -> str:
    target = link.decode("utf-8", "surrogateescape")
    return plain(target, where) if kind is Kind.HARDLINK else target


def _with_holes(header: Header, sparse: SparseMap, where: str) -> Header:
    regions = checked_regions(sparse.regions, sparse.size, sparse.data, where)
    end = header.body + padded(sparse.data)
    return header._replace(size=sparse.size, data=sparse.data, end=end, regions=regions)
