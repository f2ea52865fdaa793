"""Where the files of an image are written: a folder, or a tar whose members are written in one pass."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from deadweight.formats.tars.fields import file_header
from deadweight.formats.tars.hashing import Hashing
from deadweight.formats.tars.header import BLOCK, padded

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_BATCH = 1 << 20

Writing = Callable[[BinaryIO], None]
"""What writes a body to the stream that it is given."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A blob as it was written: its digest and its bytes."""

    digest: str
    size: int


class Sink(Protocol):
    """Takes the files of one image."""

    def blob(self, write: Writing, algorithm: str = "sha256") -> Stored:
        """Take one blob, named by its digest once it is written; one that is there already is not kept twice."""

    def file(self, name: str, body: bytes) -> None:
        """Take a document under a name of its own."""


def blob_name(digest: str) -> str:
    """Where an OCI layout keeps the blob."""
    return f"blobs/{digest.replace(':', '/')}"


class FolderSink:
    """An OCI layout as a folder, which exists and is empty."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def blob(self, write: Writing, algorithm: str = "sha256") -> Stored:
        """Write beside its place, then rename: the name is the digest."""
        waiting = self._root / "blobs" / algorithm / "writing"
        waiting.parent.mkdir(parents=True, exist_ok=True)
        with waiting.open("wb") as stream:
            stored = written(stream, write, algorithm)
        waiting.replace(self._root / blob_name(stored.digest))
        return stored

    def file(self, name: str, body: bytes) -> None:
        """Write the document."""
        (self._root / name).write_bytes(body)


class TarSink:
    """A tar, on a seekable stream: the header of a blob is filled in once its digest is known."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._names: set[str] = set()

    def blob(self, write: Writing, algorithm: str = "sha256") -> Stored:
        """Write the body behind the room for its header."""
        start = self._stream.tell()
        room = file_header(blob_name(f"{algorithm}:{hashlib.new(algorithm).hexdigest()}"), 0)
        self._stream.write(room)
        stored = written(self._stream, write, algorithm)
        name = blob_name(stored.digest)
        if name in self._names:
            self._stream.seek(start)
            self._stream.truncate()
            return stored
        self._names.add(name)
        self._stream.write(bytes(padded(stored.size) - stored.size))
        self._stream.seek(start)
        self._stream.write(file_header(name, stored.size))
        self._stream.seek(0, io.SEEK_END)
        return stored

    def file(self, name: str, body: bytes) -> None:
        """Write the document."""
        self._stream.write(file_header(name, len(body)) + body.ljust(padded(len(body)), b"\0"))

    def finish(self) -> None:
        """Write the end mark."""
        self._stream.write(bytes(2 * BLOCK))


def written(stream: BinaryIO, write: Writing, algorithm: str = "sha256") -> Stored:
    """Write a body to the stream; gives what it came to."""
    with Hashing(algorithm) as hashing:
        passing = _Passing(stream, hashing)
        write(cast(BinaryIO, passing))
        passing.hand_on()
        return Stored(hashing.digest(), passing.count)


@contextmanager
def hashed(stream: BinaryIO, hashing: Hashing) -> Iterator[BinaryIO]:
    """A stream to write to, all of which is hashed on its way to the other, which stays open."""
    passing = _Passing(stream, hashing)
    yield cast(BinaryIO, passing)
    passing.hand_on()


class _Passing(io.RawIOBase):
    """Hands on what is written, in pieces big enough to be worth another thread; after an error nothing more."""

    def __init__(self, stream: BinaryIO, hashing: Hashing) -> None:
        self._stream = stream
        self._hashing = hashing
        self._waiting: list[bytes] = []
        self._size = 0
        self.count = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: ReadableBuffer) -> int:
        body = bytes(piece)
        self._waiting.append(body)
        self._size += len(body)
        if self._size >= _BATCH:
            self.hand_on()
        return len(body)

    def hand_on(self) -> None:
        """Write what waits."""
        body = b"".join(self._waiting)
        self._waiting, self._size = [], 0
        self._hashing.update(body)
        self._stream.write(body)
        self.count += len(body)
