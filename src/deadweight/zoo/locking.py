"""Locks of a zoo: those who read and write share it, what removes blobs has it alone, and one at a time changes its
index. The kernel drops the locks of whoever dies.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deadweight.core.errors import Lacking

_STORE = ".deadweight-lock"
_INDEX = ".deadweight-index-lock"
_MAY_NOT_WRITE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def shared(root: Path) -> Iterator[None]:
    """No blob is removed meanwhile. A zoo that cannot be written to needs no lock: nobody removes anything there."""
    if not os.access(root, os.W_OK) and not (root / _STORE).exists():
        yield
        return
    with _held(root / _STORE, fcntl.LOCK_SH):
        yield


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Nobody else reads or writes meanwhile; waits for those who do."""
    with _held(root / _STORE, fcntl.LOCK_EX):
        yield


@contextmanager
def changing_index(root: Path) -> Iterator[None]:
    """Nobody else changes the index meanwhile."""
    with _held(root / _INDEX, fcntl.LOCK_EX):
        yield


@contextmanager
def _held(path: Path, kind: int) -> Iterator[None]:
    descriptor = _opened(path)
    try:
        try:
            fcntl.flock(descriptor, kind)
        except OSError as error:
            advice = "Keep the zoo on a local disk, or on one whose file system has locks."
            raise Lacking(f"the file system has no locks ({error.strerror})", where=str(path), advice=advice) from error
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    """The lock's file; it is never removed, so that all lock the same one."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno not in _MAY_NOT_WRITE:
            raise
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
