"""The strace command line that records what a program touches."""

from __future__ import annotations

import shlex

_CALLS = (
    "%file",
    *("?getdents", "?getdents64", "?fchdir", "?mmap", "?mmap2"),
    *("?clone", "?clone3", "?fork", "?vfork", "?unshare", "?io_uring_setup"),
)
"""The calls that name a file, walk a directory, map a library, or say whose working directory a path hangs on.

Not every machine has each of them, which the question marks allow.
"""

OPTIONS = (
    *("-f", "-ttt", "-y", "-q", "-s", "4096"),
    "--pidns-translation",
    f"--trace={','.join(_CALLS)}",
    # What is opened through a ring no tracer sees; programs that find none use plain calls instead.
    "--inject=io_uring_setup:error=ENOSYS",
)
"""What both a run in the sandbox and a record made elsewhere are made with; `-y` names what a descriptor is open on."""

_FASTER = (
    "--seccomp-bpf",
    # All but those that end no process: the death by a signal is told only where that signal is.
    "--signal=!CHLD,URG,WINCH,CONT",
)

MADE_ELSEWHERE = f"strace {shlex.join(OPTIONS)} -o FILE"
"""How a person makes a record: followed by `-p PID` for a process that runs already, or by a command."""


def strace_words(program: str) -> tuple[str, ...]:
    """The words before `-o FILE` and the program; the kernel stops it at these calls alone (seccomp-bpf)."""
    return (program, *_FASTER, *OPTIONS)
