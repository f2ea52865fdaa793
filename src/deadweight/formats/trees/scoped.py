"""Opens a path below a directory descriptor and nowhere else, whatever symbolic links lie on the way."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from functools import cache

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_OPENAT2 = 437  # the same number on every architecture
_BENEATH_WITHOUT_LINKS = 0x08 | 0x04 | 0x02  # RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS
_MISSING = (errno.ENOSYS, errno.EPERM, errno.E2BIG)  # an old kernel, or a sandbox that answers for it


def open_beneath(root: int, path: str, flags: int, mode: int = 0) -> int:
    """The descriptor of the path below the directory that `root` is open on; no symbolic link is followed.

    The empty path is the root itself. Raises OSError: ELOOP where a symbolic link, ENOTDIR where a file is on the way.
    """
    call = openat2()
    if call is None:
        return open_by_component(root, path, flags, mode)
    return call(root, os.fsencode(path) or b".", flags | os.O_CLOEXEC, mode)


def open_by_component(root: int, path: str, flags: int, mode: int = 0) -> int:
    """The same where the kernel has no openat2: one directory descriptor after the other."""
    *above, name = path.split("/") if path else ["."]
    at = root
    try:
        for component in above:
            below = os.open(component, DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            if at != root:
                os.close(at)
            at = below
        return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=at)
    finally:
        if at != root:
            os.close(at)


@cache
def openat2() -> Callable[[int, bytes, int, int], int] | None:
    """The system call as a function (directory, path, flags, mode), None where the kernel has none.

    Source: openat2(2), Linux 5.6.
    """
    import ctypes

    syscall = ctypes.CDLL(None, use_errno=True).syscall
    syscall.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t]
    syscall.restype = ctypes.c_long

    def call(root: int, path: bytes, flags: int, mode: int) -> int:
        how = (ctypes.c_uint64 * 3)(flags, mode, _BENEATH_WITHOUT_LINKS)
        opened = int(syscall(_OPENAT2, root, path, how, 24))
        if opened < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), os.fsdecode(path))
        return opened

    return call if _answers(call) else None


def _answers(call: Callable[[int, bytes, int, int], int]) -> bool:
    here = os.open("/", DIRECTORY)
    try:
        os.close(call(here, b".", os.O_PATH | os.O_CLOEXEC, 0))
    except OSError as error:
        if error.errno in _MISSING:
            return False
        raise
    finally:
        os.close(here)
    return True
