"""Waiting until a program is ready: it answers on a port, or it ends by itself."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from deadweight.core.probe import ProbeKind
from deadweight.sandbox.census import family
from deadweight.sandbox.held import Held, said
from deadweight.sandbox.job import Job
from deadweight.sandbox.listeners import listening, sockets_of
from deadweight.sandbox.requests import answers

_PAUSE = 0.02
_PATIENCE = 1.0
_HINT = " (one that puts itself in the background must be told to stay in the foreground)"


@dataclass(frozen=True, slots=True)
class Start:
    """How it went: the port that answers, 0 for a program that ended by itself; why it did not start."""

    port: int = 0
    error: str = ""


def await_ready(held: Held, job: Job, busy: frozenset[int]) -> Start:
    """Wait for a listening port that is not among the `busy` ones and answers over HTTP, or for the end.

    A program of which nothing is asked over HTTP, and whose port is not given, may end by itself: that is its run.
    Each port is given a little longer at each try, so that one that takes connections and says nothing blocks no other.
    """
    serves = bool(job.port) or any(probe.kind is ProbeKind.REQUEST for probe in job.probes)
    limit = job.limits.start_seconds if serves else job.limits.run_seconds
    patience = _PATIENCE
    while held.seconds < limit:
        if held.ended is not None:
            return _end(held, serves)
        for port in _candidates(job, busy):
            if answers(port, min(patience, max(0.1, limit - held.seconds))) or not serves:
                return Start(port)
            patience *= 1.5
        time.sleep(_PAUSE)
    return Start(error=_late(job, limit, busy))


def _candidates(job: Job, busy: frozenset[int]) -> tuple[int, ...]:
    return tuple(port for port in _listened_on(job, busy) if job.port in (0, port))


def _listened_on(job: Job, busy: frozenset[int]) -> tuple[int, ...]:
    """The ports of the program; what nothing holds shares the host's network with programs that we did not start."""
    sockets = None if job.hold else sockets_of(pid for pid, _ in family(os.getpid()))
    return tuple(port for port in listening(sockets=sockets) if port not in busy)


def _end(held: Held, serves: bool) -> Start:
    status = held.wait()
    if held.overrun:
        return Start(error=f"the program {held.overrun}")
    if serves:
        hint = "" if status else _HINT
        return Start(error=f"the program {said(status)} before it answered on a port{hint}")
    return Start()


def _late(job: Job, limit: float, busy: frozenset[int]) -> str:
    others = [str(port) for port in _listened_on(job, busy)]
    wanted = f"port {job.port}" if job.port else "any port"
    seen = f"it listens on {', '.join(others)}" if others else "it listens on nothing"
    return f"the program did not answer over HTTP on {wanted} within {limit:g} s; {seen}"
