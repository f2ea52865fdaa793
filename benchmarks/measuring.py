"""Runs a command as a whole process and measures wall, CPU and peak memory of it and its children."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

_OFTEN = 0.1


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall and CPU, and the peak of bytes in memory of all its processes, what they share counted once.

    The last is looked up ten times a second; it is at least the peak of the largest process.
    """

    wall: float
    cpu: float
    peak: int
    status: int


def measure(words: Sequence[str | Path], log: Path) -> Cost:
    """Run once; what it printed goes to the log."""
    with log.open("wb") as stream:
        since = time.perf_counter()
        command = [str(word) for word in words]
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, env=_environment())
        with ThreadPoolExecutor(1) as looking:
            over = Event()
            together = looking.submit(_most, process.pid, over)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - since
            over.set()
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = max(usage.ru_maxrss * 1024, together.result())
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak, process.returncode)


def _most(process: int, over: Event) -> int:
    """The most bytes that the process and those that it started had in memory together, until it is over."""
    most = 0
    while not over.wait(_OFTEN):
        most = max(most, sum(map(_bytes, _family(process))))
    return most


def _family(process: int) -> Iterator[int]:
    yield process
    for told in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in told.read_text().split():
                yield from _family(int(child))


def _bytes(process: int) -> int:
    """Its share of memory (PSS); none where it is over."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _environment() -> dict[str, str]:
    """Ours, but that Python keeps its bytecode, as it does for users: some test machines forbid it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def best(words: Sequence[str | Path], log: Path, rounds: int) -> Cost:
    """The run of least wall time; the machine is noisy, the least noisy run says most."""
    return min((measure(words, log) for _ in range(rounds)), key=lambda cost: cost.wall)


def program(name: str) -> Path | None:
    """Where a peer's program is: beside this interpreter, else on the PATH."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    return Path(found) if found else None


def row(name: str, cost: Cost, base: Cost) -> str:
    """One line of the table, as ratios to the first."""
    ratio = f"{cost.wall / base.wall:6.2f}x wall {cost.cpu / base.cpu:6.2f}x CPU {cost.peak / base.peak:6.2f}x memory"
    failed = f"  exit {cost.status}" if cost.status else ""
    return f"{name:<28}{cost.wall:8.2f} s {cost.cpu:8.2f} s {cost.peak / 1e6:8.1f} MB   {ratio}{failed}"
