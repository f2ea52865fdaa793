"""Which argument of which call names a path, and what its success says of that path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deadweight.core.trace import Use
from deadweight.sandbox.strace_line import Call, open_on, text_of

BIRTHS = frozenset(("clone", "clone3", "fork", "vfork"))
WORKING_DIRECTORY = "AT_FDCWD"

# A call that fails like this found something at the path; any other failure is no use of it.
_FOUND = frozenset(
    ("EEXIST", "ENOTEMPTY", "EISDIR", "EACCES", "EPERM", "EROFS", "ETXTBSY", "EINVAL", "ENODATA", "ERANGE", "ENOEXEC")
)


@dataclass(frozen=True, slots=True)
class Named:
    """A path that a call names: relative to the directory open at `base`, `""` for the working directory.

    `base` is None where the record does not tell the path, or what the descriptor is open on.
    """

    path: str
    base: str | None
    use: Use


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a call has a path: the place of its directory's descriptor, -1 for none, and its own."""

    base: int
    path: int
    use: Use


def _at(base: int, path: int, use: Use) -> tuple[_Place, ...]:
    return (_Place(base, path, use),)


_OPEN, _STAT = Use.OPENED, Use.STATED
_PLACES: Mapping[str, tuple[_Place, ...]] = {
    **dict.fromkeys(("open", "creat", "truncate", "truncate64", "uselib"), _at(-1, 0, _OPEN)),
    **dict.fromkeys(("openat", "openat2"), _at(0, 1, _OPEN)),
    "execve": _at(-1, 0, Use.EXECUTED),
    "execveat": _at(0, 1, Use.EXECUTED),
    "readlink": _at(-1, 0, Use.LINK_READ),
    "readlinkat": _at(0, 1, Use.LINK_READ),
    "inotify_add_watch": _at(-1, 1, _STAT),
    **dict.fromkeys(
        (
            *("stat", "lstat", "stat64", "lstat64", "oldstat", "oldlstat", "access", "statfs", "statfs64", "chdir"),
            *("chroot", "chmod", "chown", "lchown", "chown32", "lchown32", "utime", "utimes", "mkdir", "mknod"),
            *("rmdir", "unlink", "getxattr", "lgetxattr", "listxattr", "llistxattr", "setxattr", "lsetxattr"),
            *("removexattr", "lremovexattr", "rename", "link", "acct"),
        ),
        _at(-1, 0, _STAT),
    ),
    **dict.fromkeys(
        (
            *("newfstatat", "fstatat64", "statx", "faccessat", "faccessat2", "fchmodat", "fchmodat2", "fchownat"),
            *("utimensat", "utimensat_time64", "futimesat", "mkdirat", "mknodat", "unlinkat", "name_to_handle_at"),
            *("renameat", "renameat2", "linkat", "getxattrat", "listxattrat"),
        ),
        _at(0, 1, _STAT),
    ),
}
_LISTINGS = frozenset(("getdents", "getdents64"))
_MAPPINGS = frozenset(("mmap", "mmap2"))
_MAP_DESCRIPTOR = 4
_EMPTY = frozenset((Use.OPENED, Use.EXECUTED))


def named(call: Call) -> Iterator[Named]:
    """Every path that the call used, as the program wrote it."""
    if call.fault and call.fault not in _FOUND:
        return
    if call.outcome is None:
        return
    if call.name in _LISTINGS:
        yield from _of_descriptor(call, 0, Use.LISTED)
    elif call.name in _MAPPINGS:
        if "PROT_EXEC" in call.arguments and not call.fault:
            yield from _of_descriptor(call, _MAP_DESCRIPTOR, Use.MAPPED)
    else:
        for place in _PLACES.get(call.name, ()):
            yield from _of_path(call, place)


def _of_descriptor(call: Call, index: int, use: Use) -> Iterator[Named]:
    words = call.leading(index + 1)
    if call.fault or len(words) <= index or words[index].startswith("-1"):
        return
    path = open_on(words[index])
    yield Named(path or "", "" if path else None, use)


def _of_path(call: Call, place: _Place) -> Iterator[Named]:
    """A failed call that found something there has at least looked at it."""
    words = call.leading(max(place.path, place.base) + 1)
    path = text_of(words[place.path]) if len(words) > place.path else None
    use = Use.STATED if call.fault else place.use
    if path is None:
        if len(words) > place.path and words[place.path] != "NULL":
            yield Named(words[place.path], None, use)
        return
    if not path:
        if place.base >= 0 and use in _EMPTY:
            yield from _of_descriptor(call, place.base, use)
        return
    if place.base < 0 or path.startswith("/"):
        yield Named(path, "", use)
    else:
        yield Named(path, _directory(words[place.base]), use)


def _directory(word: str) -> str | None:
    """What a directory argument is open on, empty for a working directory that the record does not name."""
    found = open_on(word)
    return "" if found is None and word.startswith(WORKING_DIRECTORY) else found
