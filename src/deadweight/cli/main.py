"""The command line: `deadweight COMMAND`, one module a command, loaded when it is called."""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType

_A_MOMENT = 0.01

COMMANDS = {
    "weigh": "what is in it, who owns which bytes, what could go",
    "why": "why a path or an owner is there",
    "plan": "what would change, to review; nothing is touched",
    "slim": "cut what is safe on a copy, prove it, pack it",
    "trace": "what a run of the program touches, path by path",
    "verify": "run two artifacts side by side and compare",
    "restore": "put back what was cut",
    "deps": "what a project asks for, uses, carries and could leave",
    "model": "what is in model files, and how to carry less of it",
    "zoo": "versions of models that share tensors, in one store",
    "rule": "what a rule looks for and why",
    "doctor": "which parts of the system are there",
    "completion": "a completion script for the shell",
}


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends the process with the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if given == ["--version"]:
        from deadweight.core.version import VERSION

        print(f"deadweight {VERSION}")
        return
    from deadweight.cli.program import run

    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) in (signal.SIG_DFL, signal.default_int_handler):  # nohup has it ignored
            signal.signal(ending, interrupt)
    status = run(given)
    if arguments is None:
        gc.freeze()  # what is left goes with the process: looking through it for cycles takes a second
    sys.exit(status)


def interrupt(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C does, so that what was begun is cleaned up.

    Python drops what is raised in a finaliser, and the interrupt with it: there it is raised a moment later.
    """
    if _in_finaliser(frame):
        signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, _A_MOMENT)
        return
    raise KeyboardInterrupt


def _in_finaliser(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False
