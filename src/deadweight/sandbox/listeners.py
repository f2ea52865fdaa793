"""The TCP ports that are listened on in this network namespace, and by whom (proc(5), /proc/net/tcp, /proc/pid/fd)."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_LISTEN = "0A"
_INODE = 9


def listening(
    tables: tuple[str, ...] = ("/proc/self/net/tcp", "/proc/self/net/tcp6"), sockets: Container[int] | None = None
) -> tuple[int, ...]:
    """The listened-on ports, sorted; those of these sockets (inodes) alone, where some are given.

    A table that the kernel does not have counts as empty.
    """
    ports: set[int] = set()
    for table in tables:
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        rows = (line.split() for line in lines)
        heard = (row for row in rows if len(row) > _INODE and row[3] == _LISTEN)
        own = (row for row in heard if sockets is None or int(row[_INODE]) in sockets)
        ports |= {int(row[1].rpartition(":")[2], 16) for row in own}
    return tuple(sorted(ports))


def sockets_of(processes: Iterable[int]) -> frozenset[int]:
    """The inodes of the sockets that any of the processes holds open; none of one that is gone or not ours."""
    return frozenset(inode for process in processes for inode in _sockets(process))


def _sockets(process: int) -> Iterator[int]:
    folder = f"/proc/{process}/fd"
    with suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208  (names are all that is wanted)
            with suppress(OSError):
                kind, _, inode = os.readlink(f"{folder}/{name}").partition(":")  # noqa: PTH115  (the text, not a path)
                if kind == "socket":
                    yield int(inode.strip("[]"))
