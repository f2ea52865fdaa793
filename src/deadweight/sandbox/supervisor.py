"""Runs one job from inside the program's own network: start, wait until ready, probe, stop, tell.

The job comes as JSON on standard input; a JSON line goes out for each probe that is done, and one with the record.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shlex
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from types import FrameType

from deadweight.core.probe import Observation, Probe, ProbeKind, RunRecord
from deadweight.sandbox.capture import Log
from deadweight.sandbox.census import census
from deadweight.sandbox.held import Held, said
from deadweight.sandbox.job import RUN, Job, Told, from_line, to_line
from deadweight.sandbox.listeners import listening
from deadweight.sandbox.readiness import await_ready
from deadweight.sandbox.requests import request
from deadweight.sandbox.sweep import script, sweep

_SUBREAPER = 36
_PARENT_DEATH = 1
_AMBIENT, _CLEAR_ALL = 47, 4
_THREADS_A_PROCESS = 8
_DYING = 1.0
_MOST_AT_ONCE = 4


def main() -> None:
    """Do the job on standard input."""
    job = from_line(sys.stdin.buffer.read(), Job)
    _prepare(job)
    try:
        record = _run(job)
    finally:
        _end_orphans()
    _tell(Told(record=record))


def _tell(told: Told) -> None:
    sys.stdout.buffer.write(to_line(told))
    sys.stdout.buffer.flush()


def _prepare(job: Job) -> None:
    """No core files; orphans of the program come to us; we end in order when whoever started us is gone.

    Threads count as processes for the kernel, and root is exempt: the guard of `held` counts for itself.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGTERM, _leave)
    libc = ctypes.CDLL(None)
    libc.prctl(_SUBREAPER, 1, 0, 0, 0)
    libc.prctl(_PARENT_DEATH, signal.SIGTERM, 0, 0, 0)
    if job.hold:
        _open_low_ports(libc)
        hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
        wanted = job.limits.processes * _THREADS_A_PROCESS
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def _open_low_ports(libc: ctypes.CDLL) -> None:
    """Let a program without capabilities listen on port 80, as images' programs do; then give our own one up.

    Bubblewrap refuses to start with a capability that it was not given (measured as an ordinary user).
    """
    with contextlib.suppress(OSError):
        Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("0")
    libc.prctl(_AMBIENT, _CLEAR_ALL, 0, 0, 0)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _end_orphans() -> None:
    """End what a program that nothing holds left running in the background."""
    for pid in census(os.getpid()).processes:
        if pid != os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _run(job: Job) -> RunRecord:
    log = Log()
    if not job.command:
        return RunRecord(tuple(_probed(job, 0, log)), True, 0.0, 0, job.isolation, log.text())
    busy = frozenset(listening())
    held = Held(job.command, job, log, job.limits.run_seconds)
    held.feed(b"")
    try:
        record = _watched(held, job, busy, log)
    finally:
        willing = held.stop()
    late = f"the program did not stop within {job.limits.stop_seconds:g} s of SIGTERM, and was killed"
    error = record.error or ("" if willing else late)
    return replace(record, peak_bytes=held.peak, log=log.text(), error=error)


def _watched(held: Held, job: Job, busy: frozenset[int], log: Log) -> RunRecord:
    start = await_ready(held, job, busy)
    seconds = held.seconds
    if start.error:
        return RunRecord((), False, seconds, 0, job.isolation, error=start.error)
    if not start.port:
        ended = _ended(held, seconds)
        return RunRecord((ended, *_probed(job, 0, log)), True, 0.0, 0, job.isolation)
    observations = tuple(_probed(job, start.port, log))
    return RunRecord(observations, True, seconds, 0, job.isolation, error=_loss(held, observations))


def _ended(held: Held, seconds: float) -> Observation:
    return Observation(RUN, held.wait(), held.out.text(), held.out.digest(), "", seconds)


def _loss(held: Held, observations: tuple[Observation, ...]) -> str:
    """What to say of a service that is gone after the last probe; a connection may break before its process ends."""
    unanswered = any(seen.error for seen in observations)
    if not held.ends_within(_DYING if unanswered else 0.0):
        return ""
    return f"the program {held.overrun or said(held.wait())} while it was being probed"


def _probed(job: Job, port: int, log: Log) -> Iterator[Observation]:
    """What is seen of each probe, one after the other; what deadweight made up and asks no service, some at once."""

    def do(probe: Probe) -> Observation:
        return _DOINGS[probe.kind](probe, job, port, log)

    for beside, probes in groupby(job.probes, lambda probe: probe.made and probe.kind is not ProbeKind.REQUEST):
        for seen in _at_once(do, probes) if beside else map(do, probes):
            _tell(Told(probe=seen.probe))
            yield seen


def _at_once(do: Callable[[Probe], Observation], probes: Iterable[Probe]) -> Iterator[Observation]:
    """As many at once as there are processors; told to end, those under way end with their processes."""
    pool = ThreadPoolExecutor(min(_MOST_AT_ONCE, os.cpu_count() or 1))
    try:
        yield from pool.map(do, probes)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _request(probe: Probe, job: Job, port: int, log: Log) -> Observation:
    if not port:
        return Observation(probe.name, -1, error="there is no program that listens on a port")
    return request(probe, port)


def _command(probe: Probe, job: Job, port: int, log: Log) -> Observation:
    words = (*job.shell, probe.command) if job.shell else tuple(shlex.split(probe.command))
    held = Held(words, job, log, probe.timeout)
    held.feed(probe.body.encode())
    status = held.wait()
    error = f"the command {held.overrun}" if held.overrun else ""
    seen = Observation(probe.name, status, held.out.text(), held.out.digest(), "", held.seconds, error)
    return replace(seen, trouble=held.trouble.text())


def _imports(probe: Probe, job: Job, port: int, log: Log) -> Observation:
    """A sweep touches everything, so it is not recorded."""
    return sweep(probe, replace(job, tracer=()))


def _script(probe: Probe, job: Job, port: int, log: Log) -> Observation:
    return script(probe, job)


_DOINGS: dict[ProbeKind, Callable[[Probe, Job, int, Log], Observation]] = {
    ProbeKind.REQUEST: _request,
    ProbeKind.COMMAND: _command,
    ProbeKind.IMPORTS: _imports,
    ProbeKind.SCRIPT: _script,
}

if __name__ == "__main__":
    main()
