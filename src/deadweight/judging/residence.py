"""The resident memory of this process, as Linux tells it (proc(5))."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress
from pathlib import Path

_STATUS = Path("/proc/self/status")
_ROLLUP = Path("/proc/self/smaps_rollup")
_PEAK = Path("/proc/self/clear_refs")


def resident() -> int:
    """Bytes that are resident now: of smaps_rollup, which counts pages; of status, which may lag, without it."""
    with suppress(OSError):
        return _kilobytes(_ROLLUP, "Rss:")
    return _kilobytes(_STATUS, "VmRSS:")


def peak() -> int:
    """The most bytes that were resident since the start, or since `forget_peak`."""
    return _kilobytes(_STATUS, "VmHWM:")


def settle() -> None:
    """Give memory that was freed back to the system, where the C library does (malloc_trim of glibc).

    Else what is taken next may come out of it, and seem to take nothing.
    """
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def forget_peak() -> None:
    """Count the peak from now on, where the kernel lets us."""
    with suppress(OSError):
        _PEAK.write_text("5")


def _kilobytes(file: Path, name: str) -> int:
    for line in file.read_text("ascii", "replace").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0
