"""The files of an image as it lies there, in a folder or in an archive, and what each costs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.codecs.detection import codec_named
from deadweight.core.entry import Kind
from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.limits import Limits
from deadweight.core.listing import MAX_LINKS
from deadweight.core.paths import link_target
from deadweight.formats.byte_range import ByteRange, Tape, packed_with
from deadweight.formats.documents import MAX_DOCUMENT
from deadweight.formats.tars.feed import ChunkFeed, SeekFeed
from deadweight.formats.tars.reader import Header, headers

MAX_SMALL = 1 << 20
"""Bytes of a document that is kept, or looked at, without being asked for."""


@dataclass(frozen=True, slots=True)
class Blob:
    """One file of an image: where it is, and what it costs the artifact (less, where the archive is packed)."""

    range: ByteRange
    cost: int


@dataclass(frozen=True, slots=True)
class Store:
    """All files of an image by name, links between them by name, the rest in bytes by cause; it adds up to `total`.

    `documents` are the bodies that were kept while a packed archive streamed past.
    """

    path: Path
    blobs: Mapping[str, Blob]
    links: Mapping[str, str]
    overhead: Mapping[str, int]
    total: int
    documents: Mapping[str, bytes] = field(default_factory=dict)

    def resolve(self, name: str) -> str | None:
        """The name of the file that a name comes to over links, None where there is none."""
        for _ in range(MAX_LINKS):
            if name in self.blobs:
                return name
            if name not in self.links:
                return None
            name = self.links[name]
        return None

    def read(self, name: str) -> bytes:
        """The body of a document; raises Corrupt where it is not there, Hostile where it is too big for one."""
        found = self.resolve(name)
        if found is None:
            raise Corrupt(f"{name} is missing", where=str(self.path), advice="The image is not whole: save it again.")
        if found in self.documents:
            return self.documents[found]
        place = self.blobs[found].range
        if place.length > MAX_DOCUMENT:
            raise Hostile(f"{name} is a document of {place.length} bytes", where=str(self.path))
        with Tape(place.path, place.outer) as tape:
            return tape.section(place.start, place.length).read()

    def is_document(self, name: str) -> bool:
        """Whether the file is a small JSON object or list."""
        place = self.blobs[name].range
        if place.length > MAX_SMALL or place.outer != "store":
            return name in self.documents
        with Tape(place.path) as tape:
            return tape.section(place.start, 1).read() in (b"{", b"[")


def folder_store(path: Path) -> Store:
    """The files of a folder; no symbolic link is followed."""
    blobs = {}
    for name, size in _files(path, ""):
        blobs[name] = Blob(ByteRange(path / name, 0, size), size)
    return Store(path, blobs, {}, {}, sum(blob.cost for blob in blobs.values()))


def archive_store(path: Path, limits: Limits) -> Store:
    """The files of a tar, packed or not; raises Corrupt for a damaged one, Hostile for one name used twice."""
    outer = packed_with(path)
    return _plain_archive(path, limits) if outer == "store" else _packed_archive(path, outer, limits)


def _files(root: Path, below: str) -> Iterator[tuple[str, int]]:
    with os.scandir(root / below) as listed:
        for item in sorted(listed, key=lambda item: item.name):
            name = f"{below}/{item.name}" if below else item.name
            if item.is_dir(follow_symlinks=False):
                yield from _files(root, name)
            elif item.is_file(follow_symlinks=False):
                yield name, item.stat(follow_symlinks=False).st_size


def _plain_archive(path: Path, limits: Limits) -> Store:
    blobs: dict[str, Blob] = {}
    links: dict[str, str] = {}
    before = heads = bodies = 0
    with path.open("rb") as stream:
        total = os.fstat(stream.fileno()).st_size
        for header in headers(SeekFeed(stream, str(path)), str(path), limits, marked_end=True):
            heads += header.body - before
            before, bodies = header.end, bodies + header.data
            _note(header, Blob(ByteRange(path, header.body, header.data), header.data), (blobs, links, path))
    sized = sum(blob.cost for blob in blobs.values())
    return Store(path, blobs, links, {"headers": heads, "padding": total - heads - sized}, total)


def _packed_archive(path: Path, outer: str, limits: Limits) -> Store:
    blobs: dict[str, Blob] = {}
    links: dict[str, str] = {}
    documents: dict[str, bytes] = {}
    before = heads = 0
    with path.open("rb") as stream:
        feed = ChunkFeed(codec_named(outer).reader(stream), str(path), limits, came_from=stream.tell)
        for header in headers(feed, str(path), limits, marked_end=True):
            body = feed.stored
            heads += body - before
            if header.data <= MAX_SMALL:
                kept = feed.take(header.data)
                documents.update({header.path: kept} if kept[:1] in (b"{", b"[") else {})
            feed.skip(header.body + header.data - feed.position)
            cost = feed.stored - body
            feed.skip_padding(header.end)
            before = feed.stored
            _note(header, Blob(ByteRange(path, header.body, header.data, outer), cost), (blobs, links, path))
        feed.drain()
        total = feed.stored
    sized = sum(blob.cost for blob in blobs.values())
    return Store(path, blobs, links, {"headers": heads, "padding": total - heads - sized}, total, documents)


def _note(header: Header, blob: Blob, into: tuple[dict[str, Blob], dict[str, str], Path]) -> None:
    blobs, links, path = into
    if header.path in blobs or header.path in links:
        raise Hostile(f"two files are called {header.path!r}: readers disagree about which counts", where=str(path))
    if header.kind is Kind.FILE and header.regions is None:
        blobs[header.path] = blob
    elif header.kind is Kind.HARDLINK:
        links[header.path] = header.target
    elif header.kind is Kind.SYMLINK:
        links[header.path] = link_target(header.path, header.target) or ""
