"""The most memory that a program took since it was started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PEAK = "int(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1]) * 1024"
"""An expression for a program's own peak of resident bytes; getrusage's has that of what started it, too."""

_COMMAND = f"""
import atexit, runpy, sys
atexit.register(lambda: print({PEAK}, file=sys.stderr))
sys.argv[0] = "deadweight"
runpy.run_module("deadweight", run_name="__main__")
"""


def peak(*words: str | Path) -> int:
    """The most resident bytes of a command that is to succeed and to say nothing."""
    line = [sys.executable, "-c", _COMMAND, *map(str, words), "--quiet"]
    return int(subprocess.run(line, capture_output=True, text=True, check=True).stderr)
