"""A stream read ahead in a thread of its own, and hashed there: reading, unpacking and hashing give the lock up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from types import TracebackType
from typing import BinaryIO

from deadweight.formats.tars.feed import CHUNK

_WAITING = 3
"""Chunks that are read before the last was asked for: memory, and what a bomb can do before it is noticed."""

_Item = tuple[bytes, int] | BaseException


class ReadingAhead:
    """The chunks of a stream, in order; what reading raised is raised by `read`, at its place.

    `count` tells how far reading has come; `came_from` what it told when the last chunk that was given was read.
    """

    def __init__(self, stream: BinaryIO, count: Callable[[], int]) -> None:
        self._stream = stream
        self._count = count
        self._hash = hashlib.sha256()
        self._queue: Queue[_Item] = Queue(_WAITING)
        self._thread = Thread(target=self._work, name="reading ahead", daemon=True)
        self._at = 0
        self._over = False
        self._stopped = False

    def __enter__(self) -> ReadingAhead:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopped = True
        while self._thread.is_alive():
            with suppress(Empty):
                self._queue.get(timeout=0.05)
        self._thread.join()

    def read(self, size: int = CHUNK) -> bytes:
        """The next chunk, whatever the size asked for; nothing at the end."""
        if self._over:
            return b""
        item = self._queue.get()
        if isinstance(item, BaseException):
            self._over = True
            raise item
        chunk, self._at = item
        self._over = not chunk
        return chunk

    def came_from(self) -> int:
        """How far reading had come with the chunk that was given last."""
        return self._at

    def digest(self) -> str:
        """`sha256:hex` of the whole stream, once it was read to its end."""
        self._thread.join()
        return f"sha256:{self._hash.hexdigest()}"

    def _work(self) -> None:
        try:
            while not self._stopped:
                chunk = self._stream.read(CHUNK)
                self._queue.put((chunk, self._count()))
                if not chunk:
                    return
                self._hash.update(chunk)
        except BaseException as fault:  # noqa: BLE001  whatever it is, it belongs to whoever reads
            self._queue.put(fault)
