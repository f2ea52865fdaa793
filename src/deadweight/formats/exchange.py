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
    """Swap the two paths of one file system in one step.

    Where the kernel or the file system cannot (renameat2(2), Linux 3.15), the old one is moved aside first: a kill
    between the two steps leaves the old result under the name `OLD.before`.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    done = -1 if rename is None else rename(_HERE, os.fsencode(new), _HERE, os.fsencode(old), _EXCHANGE)
    code = errno.ENOSYS if rename is None else ctypes.get_errno()
    if done == 0:
        return
    if code not in _UNSUPPORTED:
        raise OSError(code, os.strerror(code), str(old))
    aside = old.with_name(old.name + ".before")
    old.rename(aside)
    new.rename(old)
    aside.rename(new)
