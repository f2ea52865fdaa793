"""One pass over a tar: every member becomes an entry, and every stored byte has its place."""

from __future__ import annotations

from collections.abc import Iterator

from blake3 import blake3

from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Hostile
from deadweight.core.gap import Gap
from deadweight.core.globs import matcher
from deadweight.core.seams import Opening
from deadweight.formats.tars.feed import CHUNK, ChunkFeed, truncated
from deadweight.formats.tars.header import padded
from deadweight.formats.tars.ordinary import OrdinaryFile, ordinary_files
from deadweight.formats.tars.reader import Header, entry_of, headers
from deadweight.formats.tars.sparse_body import expanded
from deadweight.formats.tars.sparse_maps import Regions
from deadweight.formats.tars.whiteouts import marked

MAX_SMALL = 16 << 20
"""Bytes of the biggest body that is kept with an index."""

HEADERS, PADDING, TRAILING, MARKS = "headers", "padding", "trailing data", "whiteout marks"


class Members:
    """The entries of a tar in storage order, what else its bytes are, and the bodies that are kept, as they come."""

    def __init__(self, feed: ChunkFeed, where: str, opening: Opening, layer: int | None) -> None:
        self.feed = feed
        self.where = where
        self.limits = opening.limits
        self.keep = matcher(opening.keep)
        self.layer = layer
        self.entries: list[Entry] = []
        self.overhead = dict.fromkeys((HEADERS, PADDING, TRAILING, MARKS), 0)
        self.small: dict[str, bytes] = {}
        self.kept = 0
        self.holes = 0
        self.regions: dict[int, Regions] = {}
        self.gaps: list[Gap] = []

    def run(self) -> None:
        """Read it all; the parts of the stored size follow each other without a hole, so they add up."""
        feed, overhead = self.feed, self.overhead
        before = 0
        for header in headers(feed, self.where, self.limits, marked_end=self.layer is None):
            body = feed.stored
            cause = self._take(header)
            after = feed.stored
            feed.skip_padding(header.end)
            end = feed.stored
            overhead[HEADERS] += body - before
            overhead[PADDING] += end - after
            if cause:
                overhead[cause] += after - body
            before = self._ordinary_files(end)
        overhead[TRAILING if feed.drain() else PADDING] += feed.stored - before

    def _ordinary_files(self, before: int) -> int:
        """Take the plain files that follow, as far as they lie in the chunk; gives the stored bytes up to their end."""
        chunk, at = self.feed.chunk
        lower, cost = self.feed.chunk_cost
        base, length = self.feed.position - at, max(1, len(chunk))
        headers = padding = 0
        for file in ordinary_files(chunk, at, self.where, self.limits.depth):
            place, over = file.body, file.body + file.size
            at = place + padded(file.size)
            begin, after = lower + cost * place // length, lower + cost * over // length
            end = lower + cost * at // length
            headers += begin - before
            padding += end - after
            before = end
            self._note(file, chunk[place:over], after - begin, base + place)
        self.feed.move_to(at)
        self.overhead[HEADERS] += headers
        self.overhead[PADDING] += padding
        if len(self.entries) > self.limits.entries:
            raise Hostile(f"more than {self.limits.entries} entries", where=self.where)
        return before

    def _note(self, file: OrdinaryFile, body: bytes, stored: int, offset: int) -> None:
        path, (mode, uid, gid), size, mtime, _ = file
        if self._keeps(path, size):
            self.small[path] = body
        digest = "blake3:" + blake3(body).hexdigest()
        paid = size if stored == size else stored  # one number, not two that are equal, in 100 000 entries
        facts = (digest, body[:16], self.layer or 0, offset)
        self.entries.append(Entry(path, Kind.FILE, size, paid, mode, uid, gid, mtime, 0.0, "", *facts))

    def _take(self, header: Header) -> str:
        """Note the member; gives the overhead that its body is, empty where the body is a file's."""
        mark = None if self.layer is None else marked(header, self.layer, self.where)
        if mark is not None:
            self.entries.extend(mark)
        elif header.kind is not Kind.FILE:
            self.entries.append(entry_of(header, stored=0, layer=self.layer or 0))
        else:
            self._file(header)
            return ""
        self.feed.skip(header.data)
        return MARKS

    def _file(self, header: Header) -> None:
        feed = self.feed
        before = feed.stored
        keeping = self._keeps(header.path, header.size)
        if header.data <= CHUNK and header.regions is None:
            body = feed.take(header.data)
            if len(body) != header.data:
                raise truncated(self.where, feed.position)
            digest, head = blake3(body).hexdigest(), body[:16]
        else:
            digest, head, body = self._long(header, keeping)
        if keeping:
            self.small[header.path] = body
        entry = entry_of(header, feed.stored - before, "blake3:" + digest, head, self.layer or 0)
        self.entries.append(entry)

    def _keeps(self, path: str, size: int) -> bool:
        if not self.keep(path):
            return False
        if size > MAX_SMALL:
            self.small.pop(path, None)
            self.gaps.append(Gap("open", path, f"a metadata file of {size} bytes is not read"))
            return False
        self.kept += size
        if self.kept > self.limits.metadata:
            raise Hostile(f"more than {self.limits.metadata} bytes of metadata files", where=self.where)
        return True

    def _long(self, header: Header, keeping: bool) -> tuple[str, bytes, bytes]:
        """Digest, head and, where it is kept, body of a file that is sparse or longer than a chunk."""
        hashing, head, kept = blake3(), b"", []
        for piece in self._pieces(header):
            hashing.update(piece)
            if len(head) < 16:
                head += bytes(piece[: 16 - len(head)])
            if keeping:
                kept.append(bytes(piece))
        if self.feed.position != header.body + header.data:
            raise truncated(self.where, self.feed.position)
        if header.regions is not None:
            self.regions[header.body] = header.regions
        return hashing.hexdigest(), head, b"".join(kept)

    def _pieces(self, header: Header) -> Iterator[memoryview]:
        if header.regions is None:
            return self.feed.pieces(header.data)
        self._check_holes(header)
        return expanded(self.feed.pieces, header.regions, header.size)

    def _check_holes(self, header: Header) -> None:
        """Holes cost nothing to store, so what they come to is bounded like what comes out of a compression."""
        self.holes += header.size - header.data
        limits = self.limits
        bomb = self.holes > limits.ratio_from and self.holes > self.feed.position * limits.ratio
        if bomb or self.holes > limits.unpacked:
            raise Hostile(
                f"{header.path!r} says that it has {header.size} bytes and stores {header.data}: a sparse bomb",
                where=self.where,
            )
