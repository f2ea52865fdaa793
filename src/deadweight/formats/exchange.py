"""Puts a new result in the place of an old one, so that at every moment one of them is there."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)


def exchange(new: Path, old: Path) -> None:
    """Swap the two paths of one file system, in one step where the system can (renameat2(2), Linux 3.15)."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        exchange_in_steps(new, old)
    elif rename(_HERE, os.fsencode(new), _HERE, os.fsencode(old), _EXCHANGE) != 0:
        code = ctypes.get_errno()
        if code not in _UNSUPPORTED:
            raise OSError(code, os.strerror(code), str(old))
        exchange_in_steps(new, old)


def exchange_in_steps(new: Path, old: Path) -> None:
    """Swap the two paths by renaming: a kill between two steps leaves the old one under the name `OLD.before`."""
    aside = old.with_name(old.name + ".before")
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    aside.rename(new)
