"""Gives a written path its owner, mode, extended attributes and times, as far as the system lets it."""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Iterator

from deadweight.core.entry import Entry

_SPECIAL_BITS = 0o6000
_NANOSECONDS = 1_000_000_000
_REFUSED = (errno.EPERM, errno.EINVAL, errno.ENOTSUP, errno.EACCES)


def set_on_descriptor(opened: int, entry: Entry) -> Iterator[str]:
    """Set all on an open file or directory; gives a reason for each thing that the system refused.

    The owner goes first: a change of owner clears set-user bits and file capabilities.
    """
    root = os.geteuid() == 0
    if root and not _owner(opened, entry):
        yield "the owner cannot be set here"
    mode = entry.mode & 0o7777
    if mode & _SPECIAL_BITS and not root:
        yield "set-user bits are kept by root alone"
        mode &= ~_SPECIAL_BITS
    os.fchmod(opened, mode)
    for name, value in entry.xattrs:
        if not _attribute(opened, name, value):
            yield f"the extended attribute {name} cannot be set here"
    os.utime(opened, ns=_times(entry))


def set_on_name(at: int, name: str, entry: Entry, is_link: bool) -> None:
    """Set what a symbolic link, a fifo or a device has, by its name in the directory that `at` is open on."""
    if os.geteuid() == 0:
        os.chown(name, entry.uid, entry.gid, dir_fd=at, follow_symlinks=False)
    if not is_link:
        os.chmod(name, entry.mode & 0o777, dir_fd=at)
    os.utime(name, ns=_times(entry), dir_fd=at, follow_symlinks=False)


def nanoseconds(seconds: float) -> int:
    """Seconds since the epoch as nanoseconds, exact to what a float holds."""
    whole = math.floor(seconds)
    return whole * _NANOSECONDS + min(round((seconds - whole) * _NANOSECONDS), _NANOSECONDS - 1)


def _times(entry: Entry) -> tuple[int, int]:
    return nanoseconds(entry.atime or entry.mtime), nanoseconds(entry.mtime)


def _owner(opened: int, entry: Entry) -> bool:
    try:
        os.fchown(opened, entry.uid, entry.gid)
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        return False
    return True


def _attribute(opened: int, name: str, value: bytes) -> bool:
    try:
        os.setxattr(opened, name, value)
    except ValueError:  # a NUL in the name
        return False
    except OSError as error:
        if error.errno not in (*_REFUSED, errno.E2BIG, errno.ERANGE):
            raise
        return False
    return True
