"""The command line as a user has it: in a process of its own with little memory, or in this one."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MEMORY = 1536 << 20
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended and what it said."""

    status: int
    output: str
    error: str


def command_line(*words: str | Path, memory: int = MEMORY, before: Sequence[str] = ()) -> list[str]:
    """The words of a process that has no more address space than that."""
    limited = ["prlimit", f"--as={memory}", *before]
    return [*limited, sys.executable, "-m", "deadweight", *map(str, words)]


def deadweight(
    *words: str | Path, before: Sequence[str] = (), memory: int = MEMORY, environment: Mapping[str, str] | None = None
) -> Done:
    """Run the command to its end; a traceback or more than five minutes is a failure of the test."""
    line = command_line(*words, memory=memory, before=before)
    world = {**os.environ, **(environment or {})}
    done = subprocess.run(line, capture_output=True, timeout=SECONDS, env=world, check=False)
    told = Done(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
    assert "Traceback" not in told.error, told.error
    return told


def state(path: Path) -> str:
    """A digest of every name, mode, size and byte at the path."""
    whole = hashlib.sha256()
    for one in [path, *sorted(path.rglob("*"))]:
        status = one.lstat()
        whole.update(repr((os.fsencode(one), status.st_mode, status.st_size, status.st_mtime_ns)).encode())
        if stat.S_ISREG(status.st_mode):
            whole.update(one.read_bytes())
        elif stat.S_ISLNK(status.st_mode):
            whole.update(os.fsencode(one.readlink()))
    return whole.hexdigest()


def names(folder: Path) -> list[str]:
    """What lies in the folder, hidden temporaries too."""
    return sorted(one.name for one in folder.iterdir())
