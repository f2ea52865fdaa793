"""The strace command line that records what a program touches."""

from __future__ import annotations

FILE_CALLS = (
    "%file",
    *("getdents", "getdents64", "fchdir", "mmap"),
    *("clone", "clone3", "fork", "vfork", "unshare"),
    *("io_uring_setup", "connect"),
)
"""The calls that name a file, walk a directory, map a library, or say whose working directory a path hangs on."""

OPTIONS = (
    *("-f", "-ttt", "-y", "-q", "-s", "4096"),
    "--pidns-translation",
    # All but those that end no process: of a process that a signal ends, strace tells only where it tells the signal.
    "--signal=!CHLD,URG,WINCH,CONT",
    f"--trace={','.join(FILE_CALLS)}",
    # What is opened through a ring no tracer sees; programs that find none use plain calls instead.
    "--inject=io_uring_setup:error=ENOSYS",
)
"""What both a run in the sandbox and a record made elsewhere are made with; `-y` names what a descriptor is open on."""

MADE_ELSEWHERE = f"strace {' '.join(OPTIONS)} -o FILE"
"""How a person makes a record: followed by `-p PID` for a process that runs already, or by a command."""


def strace_words(program: str) -> tuple[str, ...]:
    """The words before `-o FILE` and the program; the kernel stops it at these calls alone (seccomp-bpf)."""
    return (program, "--seccomp-bpf", *OPTIONS)
