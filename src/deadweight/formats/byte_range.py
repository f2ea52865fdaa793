"""A stretch of a file, read as a stream; the file itself may be packed."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, cast

from deadweight.codecs.detection import HEAD_BYTES, codec_named, detect
from deadweight.core.errors import Corrupt

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_SKIP = 1 << 20

Identity = tuple[int, int, int, int, int]
"""Device, inode, size, and the times of last write and last change in nanoseconds."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """`length` bytes from `start` on: of the file, or of what comes out of it where `outer` names what packs it."""

    path: Path
    start: int
    length: int
    outer: str = "store"


def whole_file(path: Path) -> ByteRange:
    """All that is in the file, as it stands."""
    return ByteRange(path, 0, path.stat().st_size)


def packed_with(path: Path) -> str:
    """The name of the codec that packs the file, by its first bytes."""
    with path.open("rb") as stream:
        return detect(stream.read(HEAD_BYTES)).name


def identity(path: Path) -> Identity:
    """What tells a file from itself after it was written to."""
    status = path.stat()
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class Rewound:
    """A stream that is read forward only, opened again for what lies before where its reading is."""

    def __init__(self, opened: Callable[[], BinaryIO]) -> None:
        self._opened = opened
        self._stream: BinaryIO | None = None
        self._position = 0

    def read_at(self, position: int, size: int) -> bytes:
        """Up to so many bytes from there on, none only at the end."""
        piece = self._wound_to(position).read(size)
        self._position += len(piece)
        return piece

    def _wound_to(self, position: int) -> BinaryIO:
        if self._stream is None or position < self._position:
            self._stream = self._opened()
            self._position = 0
        while self._position < position:
            skipped = len(self._stream.read(min(_SKIP, position - self._position)))
            if not skipped:
                break
            self._position += skipped
        return self._stream


class Tape:
    """One file, from which ranges are read; a packed one is unpacked once as long as they are asked for in order."""

    def __init__(self, path: Path, outer: str = "store") -> None:
        self._file = path.open("rb")
        self._unpacked = None if outer == "store" else Rewound(lambda: self._reader(outer))

    def __enter__(self) -> Tape:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go; its sections can no longer be read."""
        self._file.close()

    def section(self, start: int, length: int) -> BinaryIO:
        """A seekable stream of that range; two of one tape may be read in turn."""
        return cast(BinaryIO, _Section(self, start, length))

    def body(self, start: int, length: int) -> BinaryIO:
        """The same of a range that is known to be there, read as asked; raises Corrupt where the file ends before."""
        return cast(BinaryIO, _Body(self, start, length))

    def read_at(self, position: int, size: int) -> bytes:
        """Up to so many bytes from there on, none only at the end."""
        if self._unpacked is None:
            return os.pread(self._file.fileno(), size, position)
        return self._unpacked.read_at(position, size)

    def _reader(self, outer: str) -> BinaryIO:
        self._file.seek(0)
        return codec_named(outer).reader(self._file)


class _Section(io.RawIOBase):
    def __init__(self, tape: Tape, start: int, length: int) -> None:
        self._tape = tape
        self._start = start
        self._length = length
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._length - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        piece = self._tape.read_at(self._start + self._at, wanted) if wanted else b""
        self._at += len(piece)
        return piece

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        piece = self.read(len(view))
        view[: len(piece)] = piece
        return len(piece)


class _Body(_Section):
    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._length - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        pieces: list[bytes] = []
        while wanted:
            piece = super().read(wanted)
            if not piece:
                raise Corrupt("it ends earlier than when it was opened", advice="Weigh it again.")
            pieces.append(piece)
            wanted -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
