"""Writes entries as a tar: the same entries give the same bytes, and every body is copied in one forward pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from deadweight.codecs.detection import HEAD_BYTES, codec_named, detect
from deadweight.core.artifact import Artifact, Contents
from deadweight.core.changes import Changes, Write, writes
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.paths import parents
from deadweight.core.progress import SILENT, Progress
from deadweight.core.seams import Codec, Packing
from deadweight.formats.output import whole_file
from deadweight.formats.tars.fields import member_name, tar_header
from deadweight.formats.tars.header import padded

_CHUNK = 1 << 20
_END = bytes(1024)
_MARKS = (Kind.WHITEOUT, Kind.OPAQUE)

Bodies = Iterator[tuple[Entry, BinaryIO]]
"""What `Contents.stream` gives."""


def pack_tar(artifact: Artifact, changes: Changes, out: Path, packing: Packing) -> None:
    """Write the artifact's visible entries, with the changes made, as one tar.

    Compressed as the source is where that is a tar and the packing names no codec, else not at all.
    """
    pack_members(artifact, writes(artifact.inventory.visible, changes), out, packing)


def pack_members(artifact: Artifact, members: Iterable[Write], out: Path, packing: Packing) -> None:
    """Write these members as one tar, compressed as `pack_tar` says."""
    codec = codec_named(packing.codec) if packing.codec else _codec_of(artifact)
    members = arranged(members)
    packing.progress.start("writing the tar", sum(member.entry.size for member in members))
    with whole_file(out) as stream, compressed(stream, codec, packing) as tar:
        write_tar(tar, dated(members, packing.epoch), bodies_of(members, artifact.contents), packing.progress)
    packing.progress.finish()


def write_tar(stream: BinaryIO, members: Iterable[Write], bodies: Bodies, progress: Progress = SILENT) -> None:
    """Write the members in this order, each copied body taken from `bodies`, which come in the same order."""
    for member in members:
        stream.write(tar_header(member.entry))
        if member.staged is not None:
            with member.staged.open("rb") as body:
                _copy(body, stream, member.entry)
        elif member.source is not None:
            _copy(_next_body(bodies, member.source), stream, member.entry)
        progress.advance(member.entry.size)
    stream.write(_END)


def arranged(members: Iterable[Write]) -> list[Write]:
    """In the order in which their bodies are stored; folders before what lies in them, links after what they share.

    Raises Corrupt where hard links of the members share nothing but each other.
    """
    return ordered(sorted(members, key=_place))


def ordered(members: Sequence[Write]) -> list[Write]:
    """The members in their order, but for folders and links: see `arranged`. Paths are there once each."""
    order = _Order({member.entry.path: member for member in members if member.entry.kind not in _MARKS})
    for member in members:
        order.add(member)
    if order.waiting:
        raise Corrupt(f"hard links in a ring: {sorted(order.waiting)[:3]}", advice="The archive is damaged.")
    return order.out


def bodies_of(members: Iterable[Write], contents: Contents) -> Bodies:
    """The bodies that the members copy, in one pass over each layer that they come from."""
    sources = [member.source for member in members if member.source is not None and member.staged is None]
    for _, of_layer in groupby(sources, key=lambda source: source.layer):
        yield from contents.stream(list(of_layer))


def dated(members: Iterable[Write], epoch: int) -> Iterator[Write]:
    """The members with no time after `epoch`, where that is over 0; what has no time gets it."""
    for member in members:
        late = epoch > 0 and (member.entry.mtime > epoch or member.entry.mtime == 0)
        yield replace(member, entry=member.entry.but(mtime=epoch)) if late else member


@contextmanager
def compressed(stream: BinaryIO, codec: Codec, packing: Packing) -> Iterator[BinaryIO]:
    """The stream to write unpacked bytes to; `stream` itself stays open."""
    level = codec.level if packing.level is None else packing.level
    with ExitStack() as stack:
        yield stack.enter_context(closing(codec.writer(stream, level)))


class _Order:
    """Members as they come out: `waiting` holds hard links by the path that they wait for."""

    def __init__(self, by_path: dict[str, Write]) -> None:
        self.by_path = by_path
        self.done: set[str] = set()
        self.waiting: dict[str, list[Write]] = {}
        self.out: list[Write] = []

    def add(self, member: Write) -> None:
        entry = member.entry
        if entry.kind in _MARKS:
            self._put_folders(member_name(entry))
            self.out.append(member)
        elif entry.kind is Kind.HARDLINK and entry.target in self.by_path and entry.target not in self.done:
            self.waiting.setdefault(entry.target, []).append(member)
        elif entry.path not in self.done:
            self._put(member)

    def _put(self, member: Write) -> None:
        self._put_folders(member.entry.path)
        self.done.add(member.entry.path)
        self.out.append(member)
        for link in self.waiting.pop(member.entry.path, ()):
            self.add(link)

    def _put_folders(self, path: str) -> None:
        """The folders above the path that are not there yet."""
        for above in reversed(parents(path)):
            folder = self.by_path.get(above)
            if folder is not None and above not in self.done and folder.entry.kind is Kind.DIRECTORY:
                self.done.add(above)
                self.out.append(folder)


def _place(member: Write) -> tuple[int, int, str]:
    at = member.source or member.entry
    return (at.layer, at.offset, at.path)


def _codec_of(artifact: Artifact) -> Codec:
    path = Path(artifact.location)
    if artifact.format != "tar" or not path.is_file():
        return codec_named("store")
    with path.open("rb") as stream:
        return detect(stream.read(HEAD_BYTES))


def _next_body(bodies: Bodies, source: Entry) -> BinaryIO:
    entry, body = next(bodies, (None, None))
    if entry is None or body is None or (entry.layer, entry.path) != (source.layer, source.path):
        raise ValueError(f"{source.path}: the bodies came out of order")
    return body


def _copy(body: BinaryIO, stream: BinaryIO, entry: Entry) -> None:
    left = entry.size
    while left and (piece := body.read(min(left, _CHUNK))):
        stream.write(piece)
        left -= len(piece)
    if left or body.read(1):
        raise Corrupt(f"the body is not the {entry.size} bytes that it was", where=entry.path)
    stream.write(bytes(padded(entry.size) - entry.size))
