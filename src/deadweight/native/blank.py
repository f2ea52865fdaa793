"""Blanks stretches of a file: zeros that take no room on the disk where the file system can keep holes."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from blake3 import blake3

PIECE = 1 << 20
Stretch = tuple[int, int]
"""The offset of the first byte and of the first after it."""

_KEEP_SIZE, _PUNCH_HOLE = 0x1, 0x2
_NO_HOLES = frozenset({errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EPERM})


Punch = Callable[[int, int, int], bool]
"""Makes a stretch of an open file (descriptor, start, end) a hole; says whether it did."""


def blank(path: Path, stretches: Iterable[Stretch], punch: Punch | None = None) -> None:
    """Make these stretches of the file zeros, as holes where that works; its size stays."""
    punch = punch or _puncher()
    with path.open("r+b", buffering=0) as file:
        for start, end in stretches:
            if not punch(file.fileno(), start, end):
                _zero(file.fileno(), start, end)


def digest_without(path: Path, stretches: Iterable[Stretch]) -> str:
    """The digest of all bytes of the file that lie in none of these stretches, which are sorted and apart."""
    digest = blake3()
    with path.open("rb") as file:
        for start, end in _between(stretches, path.stat().st_size):
            file.seek(start)
            left = end - start
            while left and (piece := file.read(min(PIECE, left))):
                digest.update(piece)
                left -= len(piece)
    return digest.hexdigest()


def _between(stretches: Iterable[Stretch], size: int) -> Iterator[Stretch]:
    at = 0
    for start, end in stretches:
        yield at, start
        at = end
    yield at, size


def _puncher() -> Punch:
    """What the system has for it: fallocate(2) of Linux, or nothing."""
    fallocate = getattr(ctypes.CDLL(None, use_errno=True), "fallocate64", None)
    if fallocate is None:
        return lambda opened, start, end: False
    fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)

    def punch(opened: int, start: int, end: int) -> bool:
        if fallocate(opened, _KEEP_SIZE | _PUNCH_HOLE, start, end - start) == 0:
            return True
        if ctypes.get_errno() in _NO_HOLES:
            return False
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    return punch


def _zero(opened: int, start: int, end: int) -> None:
    zeros = bytes(min(PIECE, end - start))
    while start < end:
        start += os.pwrite(opened, zeros[: end - start], start)
