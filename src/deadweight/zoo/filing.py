"""Stores one file: its tensors as parts, and what lies between them as parts of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from blake3 import blake3

from deadweight.core.errors import Corrupt
from deadweight.core.progress import SILENT, Progress
from deadweight.core.zoo import Part, Run, StoredFile
from deadweight.formats.tars.hashing import Hashing
from deadweight.zoo.intake import Source
from deadweight.zoo.reading import PART
from deadweight.zoo.stretches import Stretch
from deadweight.zoo.writing import Writer

Bases = Mapping[tuple[str, str], tuple[Part, ...]]
"""What tensors may be differences to: the parts by file and name."""


@dataclass(slots=True)
class Filing:
    """Stores files one after the other; `digests` are blake3 of each stretch, by path, offset and size."""

    writer: Writer
    bases: Bases = field(default_factory=dict)
    progress: Progress = SILENT
    digests: dict[tuple[str, int, int], str] = field(default_factory=dict)

    def file(self, source: Source, stretches: Sequence[Stretch]) -> StoredFile:
        """Store the file; raises Corrupt where it changes meanwhile."""
        with Hashing() as hashing, source.place.open("rb") as stream:
            reading = _Reading(stream, source, hashing, self.progress)
            rest = _Rest(self.writer)
            runs = tuple(self._run(reading, rest, one) for one in stretches)
            reading.hand_on(source.size - reading.at, rest.take)
            source.check_unchanged()
            return StoredFile(source.path, source.size, hashing.digest(), runs, rest.finish())

    def _run(self, reading: _Reading, rest: _Rest, one: Stretch) -> Run:
        """What lies before the stretch, then the stretch itself, part by part."""
        reading.hand_on(one.offset - reading.at, rest.take)
        path = reading.source.path
        bases = self.bases.get((path, one.name)) or self.bases.get(("", one.name), ())
        hasher, parts = blake3(), []
        for number, body in enumerate(reading.pieces(one.size)):
            hasher.update(body)
            base = bases[number] if number < len(bases) else None
            parts.append(self.writer.take(body, one.width, base))
        self.digests[path, one.offset, one.size] = f"blake3:{hasher.hexdigest()}"
        return Run(one.offset, one.size, tuple(parts))


@dataclass(slots=True)
class _Reading:
    """A file from its start to its end, hashed on the way."""

    stream: BinaryIO
    source: Source
    hashing: Hashing
    progress: Progress
    at: int = 0

    def pieces(self, size: int) -> Iterator[bytes]:
        """The next bytes, a part at a time."""
        while size:
            body = self.stream.read(min(PART, size))
            if not body:
                raise Corrupt("it ends sooner than when it was looked at", where=str(self.source.place))
            self.hashing.update(body)
            self.progress.advance(len(body))
            self.at, size = self.at + len(body), size - len(body)
            yield body

    def hand_on(self, size: int, take: Callable[[bytes], None]) -> None:
        for body in self.pieces(size):
            take(body)


@dataclass(slots=True)
class _Rest:
    """What lies between tensors, put together into parts."""

    writer: Writer
    waiting: bytearray = field(default_factory=bytearray)
    parts: list[int] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        self.waiting += body
        while len(self.waiting) >= PART:
            self._store(PART)

    def finish(self) -> tuple[int, ...]:
        if self.waiting:
            self._store(len(self.waiting))
        return tuple(self.parts)

    def _store(self, size: int) -> None:
        self.parts.append(self.writer.take(bytes(self.waiting[:size]), 1))
        del self.waiting[:size]
