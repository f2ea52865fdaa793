"""The bodies of files in tars, found again by offset."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from deadweight.codecs.detection import codec_named
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.formats.byte_range import ByteRange, Identity, Tape, identity
from deadweight.formats.tars.feed import CHUNK
from deadweight.formats.tars.sparse_body import expanded, stream_of
from deadweight.formats.tars.sparse_maps import Regions
from deadweight.formats.tars.spool import Packed, Spool

_IN_MEMORY = 16 << 20
_ALL = 1 << 62


@dataclass(frozen=True, slots=True)
class Container:
    """One tar: where it is, what packs it, and where the data of its sparse files goes, by offset of the body."""

    range: ByteRange
    codec: str
    regions: Mapping[int, Regions] = field(default_factory=dict)

    def opened(self, tape: Tape) -> BinaryIO:
        """The tar as it is read from the tape of its file, unpacked."""
        return codec_named(self.codec).reader(tape.section(self.range.start, self.range.length))


@dataclass(frozen=True, slots=True)
class TarContents:
    """The bodies of files in one tar or in many, `containers` by the layer of their entries.

    `shared` gives the entry that holds the body of a hard link, by (layer, path) of the link. `identities` are
    those of the files when they were opened.
    """

    containers: Mapping[int, Container]
    shared: Mapping[tuple[int, str], Entry]
    identities: Mapping[Path, Identity]
    spool: Spool = field(default_factory=Spool, compare=False, repr=False)

    def stream(self, wanted: Iterable[Entry]) -> Iterator[tuple[Entry, BinaryIO]]:
        """Give each wanted file's body, in storage order; see core Contents."""
        turns = self._turns()
        jobs = sorted(self._jobs(wanted), key=lambda job: (turns[job[1].layer], job[1].offset))
        with ExitStack() as open_files:
            tapes: dict[Path, Tape] = {}

            def unpacked(layer: int) -> BinaryIO:
                container = self.containers[layer]
                self._check(container.range.path)
                return container.opened(open_files.enter_context(Tape(container.range.path, container.range.outer)))

            self.spool.ready(self._packed(Counter(job[1].layer for job in jobs)), unpacked)
            for layer, group in groupby(jobs, key=lambda job: job[1].layer):
                container = self.containers[layer]
                tape = self._opened(container.range, tapes, open_files)
                kept = self.spool.opened(layer, unpacked)
                if kept is None:
                    yield from _bodies(_Place(tape, container.range, container.codec), container.regions, list(group))
                else:
                    with kept:
                        yield from _bodies(_Place(kept), container.regions, list(group))

    def _packed(self, wanted: Mapping[int, int]) -> Mapping[int, Packed]:
        """The packed layers, of each of which so many bodies are wanted."""
        containers = {layer: self.containers[layer] for layer in wanted}
        return {
            layer: Packed(one.range, one.codec, wanted[layer])
            for layer, one in containers.items()
            if {one.codec, one.range.outer} != {"store"}
        }

    @contextmanager
    def stored(self, layer: int) -> Iterator[BinaryIO]:
        """The tar of a layer as it is stored, packed or not; raises Corrupt for a layer that lies elsewhere."""
        if layer not in self.containers:
            raise Corrupt("the layer is not in the image", where=str(layer), advice="Fetch the whole image.")
        place = self.containers[layer].range
        self._check(place.path)
        with Tape(place.path, place.outer) as tape:
            yield tape.section(place.start, place.length)

    def _jobs(self, wanted: Iterable[Entry]) -> Iterator[tuple[Entry, Entry]]:
        for entry in wanted:
            body = self.shared.get((entry.layer, entry.path)) if entry.kind is Kind.HARDLINK else entry
            if body is not None and body.kind is Kind.FILE:
                yield entry, body

    def _turns(self) -> dict[int, int]:
        """When each layer is read: in the order in which they lie in their files."""
        places = {layer: container.range for layer, container in self.containers.items()}
        order = sorted(places, key=lambda layer: (str(places[layer].path), places[layer].start, layer))
        return {layer: turn for turn, layer in enumerate(order)}

    def _opened(self, place: ByteRange, tapes: dict[Path, Tape], open_files: ExitStack) -> Tape:
        if place.path not in tapes:
            self._check(place.path)
            tapes[place.path] = open_files.enter_context(Tape(place.path, place.outer))
        return tapes[place.path]

    def _check(self, path: Path) -> None:
        try:
            same = identity(path) == self.identities[path]
        except OSError:
            same = False
        if not same:
            raise Corrupt("it was changed since it was opened", where=str(path), advice="Weigh it again.")


def shared_bodies(layers: Sequence[Sequence[Entry]]) -> tuple[dict[tuple[int, str], Entry], tuple[Gap, ...]]:
    """The entry that holds the body of each hard link, by (layer, path), and a gap for each link to nothing.

    A link shares what stands at its target when it is unpacked: earlier in its layer, else in a lower one.
    """
    targets = {entry.target for entries in layers for entry in entries if entry.kind is Kind.HARDLINK}
    found: dict[tuple[int, str], Entry] = {}
    gaps: list[Gap] = []
    at: dict[str, Entry] = {}
    for entries in layers if targets else ():
        for entry in entries:
            body: Entry | None = entry
            if entry.kind is Kind.HARDLINK:
                body = at.get(entry.target)
                if body is None:
                    gaps.append(Gap("open", entry.path, f"a hard link to {entry.target!r}, which is not there"))
                else:
                    found[entry.layer, entry.path] = body
            if body is not None and entry.path in targets and entry.kind not in (Kind.WHITEOUT, Kind.OPAQUE):
                at[entry.path] = body
    return found, tuple(gaps)


def _bodies(
    at: _Place, regions: Mapping[int, Regions], jobs: Sequence[tuple[Entry, Entry]]
) -> Iterator[tuple[Entry, BinaryIO]]:
    for _, group in groupby(jobs, key=lambda job: job[1].offset):
        sharing = list(group)
        body = sharing[0][1]
        at.move(body.offset)
        stream = _body(at, body, regions.get(body.offset))
        if len(sharing) == 1:
            yield sharing[0][0], stream
        else:
            yield from _several(sharing, stream)


def _body(at: _Place, body: Entry, regions: Regions | None) -> BinaryIO:
    if regions is not None:
        return stream_of(expanded(at.pieces, regions, body.size))
    return io.BytesIO(at.take(body.size)) if body.size <= CHUNK else at.body(body.size)


def _several(sharing: Sequence[tuple[Entry, Entry]], stream: BinaryIO) -> Iterator[tuple[Entry, BinaryIO]]:
    """One body for many names: kept while they are given, for the tar may not be wound back."""
    with SpooledTemporaryFile(_IN_MEMORY) as kept:
        while piece := stream.read(CHUNK):
            kept.write(piece)
        for entry, _ in sharing:
            kept.seek(0)
            yield entry, cast(BinaryIO, kept)


class _Place:
    """Where the reading of a container is: of a range of the tape, packed or not, by default all of it, unpacked."""

    def __init__(self, tape: Tape, where: ByteRange | None = None, codec: str = "store") -> None:
        self._tape = tape
        self._start, length, outer = (where.start, where.length, where.outer) if where else (0, _ALL, "store")
        self._stream = codec_named(codec).reader(tape.section(self._start, length))
        self._seeks = codec == "store"
        self._winds_back = self._seeks and outer == "store"
        self._position = 0

    def move(self, position: int) -> None:
        """Go forward to there."""
        if self._seeks:
            self._stream.seek(position)
            self._position = position
        for _ in self.pieces(position - self._position):
            pass

    def take(self, size: int) -> bytes:
        """The next so many bytes; raises Corrupt where there are fewer."""
        body = self._stream.read(size) if size else b""
        self._position += len(body)
        return body if len(body) == size else body + b"".join(self.pieces(size - len(body)))

    def body(self, size: int) -> BinaryIO:
        """The next so many bytes as a stream, which seeks where the container is not packed."""
        if self._winds_back:
            return self._tape.body(self._start + self._position, size)
        return stream_of(self.pieces(size))

    def pieces(self, size: int) -> Iterator[memoryview]:
        """The next so many bytes; raises Corrupt where there are fewer."""
        while size > 0:
            piece = self._stream.read(min(size, CHUNK))
            if not piece:
                raise Corrupt("it ends earlier than when it was opened", advice="Weigh it again.")
            self._position += len(piece)
            size -= len(piece)
            yield memoryview(piece)
