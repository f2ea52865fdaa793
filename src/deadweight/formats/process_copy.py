"""Copies of this process that work beside it.

A copy shares the memory of this one as long as neither writes to it, and it shares open files: it must write to none
but its own. It ends with this process.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from deadweight.formats.nameless import folder_for_large_files, nameless_file

_ENDING = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True, weakref_slot=True)
class Copy:
    """A copy at work; it tells in a nameless file, so that it can end when it is done."""

    pid: int
    file: int
    _ended: weakref.finalize[..., Copy] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        weakref.finalize(self, os.close, self.file)
        self._ended = weakref.finalize(self, _end, self.pid)

    def told(self) -> bytes:
        """What it told, once it is done; empty where it failed."""
        self._ended.detach()  # its number may be another's once it was waited for
        try:
            _, status = os.waitpid(self.pid, 0)
        except ChildProcessError:  # somebody else waited for it
            return b""
        told = self.piece(0, self.size)
        return b"" if status or len(told) < self.size else told

    @property
    def size(self) -> int:
        """How much it has told so far, in bytes."""
        return os.fstat(self.file).st_size

    def piece(self, start: int, size: int) -> bytes:
        """So many bytes of what it told."""
        return os.pread(self.file, size, start)


def copied(work: Callable[[BinaryIO], None]) -> Copy | None:
    """A copy of this process that does the work, given what it tells on; None where none can be made.

    None is made of a process with threads: the copy would lack them, with the locks that they hold.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2 or threading.active_count() > 1:
        return None
    # What interrupts this process must find the copy where it ends by itself, not on its way up this one's calls.
    held = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        return _begun(work, nameless_file(folder_for_large_files()))
    except OSError:
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _begun(work: Callable[[BinaryIO], None], file: int) -> Copy:
    try:
        pid = os.fork()
    except OSError:
        os.close(file)
        raise
    if not pid:
        _work(work, file)
    return Copy(pid, file)


def _work(work: Callable[[BinaryIO], None], file: int) -> None:
    """What the copy does; it ends without what this process does at its end."""
    status = 1
    try:
        for number in _ENDING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        gc.disable()
        with open(file, "wb", closefd=False) as telling:
            work(telling)
        status = 0
    finally:
        os._exit(status)


def _end(pid: int) -> None:
    """End the copy, if it is not over."""
    with suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG) == (0, 0):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
