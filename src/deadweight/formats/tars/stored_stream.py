"""The stored side of a stream: what was read of it so far, its first bytes, its digest."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from deadweight.core.progress import Progress

_BATCH = 1 << 20


class StoredStream:
    """A stream that counts what is read of it; the first bytes can be looked at before.

    Once `hash_with` was called, `update` is handed all bytes, in pieces of a megabyte; `flush` hands on the rest.
    """

    def __init__(self, stream: BinaryIO, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress
        self._head = b""
        self._update: Callable[[bytes], None] | None = None
        self._batch: list[bytes] = []
        self._batched = 0
        self.count = 0

    def head(self, size: int) -> bytes:
        """The first bytes, without having read them; to be asked first."""
        while len(self._head) < size and (piece := self._stream.read(size - len(self._head))):
            self._head += piece
        return self._head

    def hash_with(self, update: Callable[[bytes], None]) -> None:
        """From now on give what is read to `update`."""
        self._update = update

    def read(self, size: int = -1) -> bytes:
        """The next bytes: at least one but at the end."""
        if self._head and size >= 0:
            piece, self._head = self._head[:size], self._head[size:]
        else:
            piece, self._head = self._head + self._stream.read(size), b""
        self.count += len(piece)
        self._progress.advance(len(piece))
        if self._update is not None:
            self._keep(piece)
        return piece

    def flush(self) -> None:
        """Hand on what waits."""
        if self._update is not None and self._batch:
            self._update(b"".join(self._batch))
            self._batch, self._batched = [], 0

    def _keep(self, piece: bytes) -> None:
        self._batch.append(piece)
        self._batched += len(piece)
        if self._batched >= _BATCH:
            self.flush()
