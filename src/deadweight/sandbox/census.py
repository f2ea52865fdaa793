"""The processes of a program, counted and weighed from /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_SHELL = "bwrap"


@dataclass(frozen=True, slots=True)
class Census:
    """A program's processes at one moment: their ids, nearest to the root first, and their resident bytes.

    Memory that several share counts once (PSS) where the kernel tells, else for each. `highest` is the highest
    water mark of any one of them, which the kernel keeps (VmHWM).
    """

    processes: tuple[int, ...]
    resident: int
    highest: int


def census(root: int) -> Census:
    """The processes under `root` and it itself, the shells that hold them left out."""
    processes = tuple(pid for pid in _descendants(root) if _name(pid) != _SHELL)
    weigh = _shared_weight if len(processes) > 1 else _weight
    return Census(processes, sum(map(weigh, processes)), max(map(_high_water, processes), default=0))


def _descendants(root: int) -> list[int]:
    """The ids of the root and of all under it, breadth first."""
    found = [root]
    for pid in found:
        found.extend(_children(pid))
    return found


def _children(pid: int) -> list[int]:
    """From each thread's own list (proc(5), /proc/pid/task/tid/children): no walk over the host's processes."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208  (names are all that is wanted)
    except OSError:
        return []
    return [int(child) for thread in threads for child in _read(pid, f"task/{thread}/children").split()]


def _name(pid: int) -> str:
    return _read(pid, "comm").strip()


def _weight(pid: int) -> int:
    fields = _read(pid, "statm").split()
    return int(fields[1]) * _PAGE if len(fields) > 1 else 0


def _shared_weight(pid: int) -> int:
    return _kilobytes(_read(pid, "smaps_rollup"), "Pss:") or _weight(pid)


def _high_water(pid: int) -> int:
    return _kilobytes(_read(pid, "status"), "VmHWM:")


def _kilobytes(text: str, key: str) -> int:
    line = next((line for line in text.splitlines() if line.startswith(key)), "")
    return int(line.split()[1]) * 1024 if line else 0


def _read(pid: int, name: str) -> str:
    """The text of a process's file, empty once the process is gone."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""
