"""Copies a body into an open file: by the kernel where the body is a file itself, holes kept."""

from __future__ import annotations

import errno
import io
import os
from typing import BinaryIO

from deadweight.formats.trees.holes import data_ranges

_CHUNK = 1 << 20
_KERNEL_CANNOT = (errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.EBADF)


def copy_body(body: BinaryIO, into: int, holes: bool = False) -> int:
    """Copy all that is left of the body; gives how many bytes came. With `holes` a file's holes stay holes."""
    # A fileno alone says little: gzip.GzipFile has that of the compressed file.
    if isinstance(body, io.BufferedReader) and isinstance(body.raw, io.FileIO) and body.raw.tell() == 0:
        source = body.raw.fileno()
        return _copy_with_holes(source, into) if holes else _copy_file(source, into)
    written = 0
    while chunk := body.read(_CHUNK):
        _write(into, chunk)
        written += len(chunk)
    return written


def _copy_file(source: int, into: int) -> int:
    size = os.fstat(source).st_size
    if size <= _CHUNK:
        body = os.read(source, size + 1)
        _write(into, body)
        return len(body) + _copy_rest(source, into)
    try:
        return _copy_range(source, into, 0, size)
    except OSError as error:
        if error.errno not in _KERNEL_CANNOT:
            raise
    os.lseek(source, 0, os.SEEK_SET)
    os.lseek(into, 0, os.SEEK_SET)
    return _copy_rest(source, into)


def _copy_range(source: int, into: int, start: int, end: int) -> int:
    at = start
    while at < end and (copied := os.copy_file_range(source, into, end - at, at, at)):
        at += copied
    return at - start


def _copy_rest(source: int, into: int) -> int:
    written = 0
    while chunk := os.read(source, _CHUNK):
        _write(into, chunk)
        written += len(chunk)
    return written


def _copy_with_holes(source: int, into: int) -> int:
    size = os.fstat(source).st_size
    os.ftruncate(into, size)
    for start, end in data_ranges(source, size):
        for at in range(start, end, _CHUNK):
            piece = os.pread(source, min(_CHUNK, end - at), at)
            if os.pwrite(into, piece, at) != len(piece):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return size


def _write(into: int, body: bytes) -> None:
    view = memoryview(body)
    while view:
        view = view[os.write(into, view) :]
