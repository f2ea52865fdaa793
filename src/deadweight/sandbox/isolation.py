"""What really holds a program on this machine: found out by trying what must not work."""

from __future__ import annotations

import contextlib
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.errors import Lacking
from deadweight.sandbox.bubblewrap import network_words, program_words
from deadweight.sandbox.stand import Program, RunLimits, Stand

NO_ISOLATION = "none: no isolation"
_SECONDS = 30
_NETWORK = "a network of its own"
_READ_ONLY = "a read-only root"
_BOUND = "a bound on temporary files"
_ADVICE = (
    "Install bubblewrap (apt install bubblewrap). Where it is installed and forbidden, allow unprivileged user "
    "namespaces (Ubuntu 24.04: an AppArmor profile for bwrap, or sysctl "
    "kernel.apparmor_restrict_unprivileged_userns=0; Docker: --security-opt seccomp=unconfined --security-opt "
    "systempaths=unconfined), or run without a sandbox: --no-sandbox."
)
_REACH = """
import socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2).close()
except OSError:
    sys.exit(0)
sys.exit(3)
"""


@dataclass(frozen=True, slots=True)
class Isolation:
    """What holds a program: `level` in words for the proof, `lost` what it was found not to hold.

    `program` is the bubblewrap executable, empty where nothing holds the program; `bounded` whether it can bound
    temporary files (since 0.8.0, and not where it is installed setuid).
    """

    level: str
    lost: tuple[str, ...] = ()
    program: str = ""
    bounded: bool = True


def isolation(sandbox: bool = True, program: str = "bwrap") -> Isolation:
    """Try the sandbox: a write to the host and a connection to the host's loopback must both fail inside.

    Without `sandbox` nothing is tried and nothing holds the program. Raises Lacking where bubblewrap is missing or
    the kernel forbids it.
    """
    if not sandbox:
        return Isolation(NO_ISOLATION, (_NETWORK, _READ_ONLY))
    found = shutil.which(program)
    if found is None:
        raise Lacking("bubblewrap is not installed: programs are not run without a sandbox", advice=_ADVICE)
    bounded = _bounds(found)
    lost = (*_lost(found), *(() if bounded else (_BOUND,)))
    level = f"{_version(found)}: own network, own processes, read-only root"
    return Isolation(f"{level}; but not {', '.join(lost)}" if lost else level, lost, found, bounded)


def _lost(program: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as host:
        port = str(host.getsockname()[1])
        if _tried(program, (*network_words(), sys.executable, "-I", "-c", _REACH, port)):
            yield _NETWORK
    with tempfile.TemporaryDirectory(prefix="deadweight-", dir=_outside_of_tmp()) as folder:
        tree, forbidden = Path(folder).resolve() / "tree", Path(folder).resolve() / "forbidden"
        tree.mkdir()
        hold = program_words(Stand(tree, str(tree)), Program(()), RunLimits(temporary=0))
        _tried(program, (*network_words(), program, *hold, "/bin/sh", "-c", f"echo x > '{forbidden}'; exit 0"))
        if forbidden.exists():
            yield _READ_ONLY


def _outside_of_tmp() -> str | None:
    """A folder that the sandbox shows as it is, if there is one to write to; /tmp is a private one inside."""
    return "/var/tmp" if Path("/var/tmp").is_dir() else None


def _tried(program: str, words: tuple[str, ...]) -> bool:
    """Whether the forbidden act worked (exit status 3); raises Lacking where the sandbox did not even start."""
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode not in (0, 3):
        raise Lacking(f"bubblewrap does not work here: {done.stderr.strip()[-500:]}", advice=_ADVICE)
    return done.returncode == 3


def _bounds(program: str) -> bool:
    told = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=_SECONDS, check=False)
    return "--size" in told.stdout + told.stderr and not Path(program).stat().st_mode & stat.S_ISUID


def _version(program: str) -> str:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=_SECONDS, check=False)
        return done.stdout.strip() or "bubblewrap"
    return "bubblewrap"
