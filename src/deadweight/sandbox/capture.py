"""What comes out of a process: the beginning kept, the whole digested."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import IO

KEPT = 1 << 20
TAIL = 64 << 10


class Log:
    """The last bytes of what several streams said, roughly in the order they came."""

    def __init__(self, size: int = TAIL) -> None:
        self._size = size
        self._bytes = bytearray()
        self._lock = threading.Lock()

    def add(self, piece: bytes) -> None:
        """Append; the oldest goes where there is too much."""
        with self._lock:
            self._bytes += piece
            del self._bytes[: -self._size]

    def text(self) -> str:
        """What is kept, as text."""
        with self._lock:
            return self._bytes.decode("utf-8", "replace")


class Capture:
    """The first MiB of a stream, and the digest of all of it."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._digest = hashlib.sha256()

    def add(self, piece: bytes) -> None:
        """Take the next piece."""
        self._digest.update(piece)
        self._kept += piece[: KEPT - len(self._kept)]

    def text(self) -> str:
        """The beginning, as text."""
        return self._kept.decode("utf-8", "replace")

    def digest(self) -> str:
        """Of the whole, `sha256:<hex>`."""
        return f"sha256:{self._digest.hexdigest()}"


def follow(stream: IO[bytes], *takers: Callable[[bytes], None]) -> threading.Thread:
    """Give every piece of the stream to the takers until it ends, in a thread of its own."""
    thread = threading.Thread(target=_drain, args=(stream, takers), daemon=True)
    thread.start()
    return thread


def _drain(stream: IO[bytes], takers: tuple[Callable[[bytes], None], ...]) -> None:
    with stream:
        while piece := stream.read1(1 << 16):  # type: ignore[attr-defined]  # the stream of a pipe is buffered
            for take in takers:
                take(piece)
