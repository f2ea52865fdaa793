"""The processes of a program, counted and weighed from /proc."""

from __future__ import annotations

import ctypes
import os
import platform
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_SHELLS = frozenset(("bwrap", "strace"))
_KCMP = {"x86_64": 312, "aarch64": 272, "riscv64": 272}
_KCMP_VM = 1


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
    """The processes under `root` and it itself, the shells that hold them left out.

    A child between vfork and exec has the very memory of its parent, which PSS counts again in full (measured: a
    service that starts a command seems to weigh double): it weighs nothing.
    """
    held = {pid: parent for pid, parent in family(root) if _name(pid) not in _SHELLS}
    weigh = _shared_weight if len(held) > 1 else _weight
    own = (pid for pid, parent in held.items() if parent not in held or not _one_memory(pid, parent))
    return Census(tuple(held), sum(map(weigh, own)), max(map(_high_water, held), default=0))


def family(root: int) -> list[tuple[int, int]]:
    """The process and all under it with their parents, breadth first."""
    found = [(root, 0)]
    for pid, _ in found:
        found.extend((child, pid) for child in _children(pid))
    return found


def _children(pid: int) -> list[int]:
    """From each thread's own list (proc(5), /proc/pid/task/tid/children): no walk over the host's processes."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208  (names are all that is wanted)
    except OSError:
        return []
    return [int(child) for thread in threads for child in _read(pid, f"task/{thread}/children").split()]


def _one_memory(pid: int, parent: int) -> bool:
    """Whether two processes have one address space (kcmp(2)); where the kernel does not tell, they have not."""
    number = _KCMP.get(platform.machine())
    return number is not None and ctypes.CDLL(None).syscall(number, pid, parent, _KCMP_VM, 0, 0) == 0


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
