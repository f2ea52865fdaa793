"""A digest worked out beside the reading, in a thread of its own: hashing gives the interpreter's lock up."""

from __future__ import annotations

import hashlib
from queue import Queue
from threading import Thread
from types import TracebackType

_WAITING = 4
"""Chunks that may wait for the hash before reading has to wait for it."""


class Hashing:
    """A running digest; `update` returns before the bytes are hashed, so they must not change."""

    def __init__(self, algorithm: str = "sha256") -> None:
        self._algorithm = algorithm
        self._hash = hashlib.new(algorithm)
        self._queue: Queue[bytes | None] = Queue(_WAITING)
        self._thread = Thread(target=self._work, name="hashing", daemon=True)

    def __enter__(self) -> Hashing:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._finish()

    def update(self, chunk: bytes) -> None:
        """Hash these bytes too."""
        self._queue.put(chunk)

    def digest(self) -> str:
        """`algorithm:hex` of all bytes; nothing may follow."""
        self._finish()
        return f"{self._algorithm}:{self._hash.hexdigest()}"

    def _finish(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (chunk := self._queue.get()) is not None:
            self._hash.update(chunk)
