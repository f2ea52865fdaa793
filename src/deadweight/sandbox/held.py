"""One running process with all its children: watched, held to its limits, stopped for good."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence

from deadweight.sandbox.capture import Capture, Log, follow
from deadweight.sandbox.census import census
from deadweight.sandbox.job import Job

_OFTEN, _SELDOM = 0.01, 0.1
_MEGABYTE = 1_000_000
_TROUBLE = 2 << 10
_RECORD_SECONDS = 2.0  # a tracer writes the end of its record once all that it holds is gone
_WITH_PARENT = "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execv(sys.argv[1], sys.argv[1:])"


class Held:
    """A process started on the job's stand; `overrun` says which limit it was killed for, empty for none.

    `peak` is the highest resident sum over its processes seen so far, in bytes. `limit` is in seconds.
    """

    def __init__(self, words: Sequence[str], job: Job, log: Log, limit: float) -> None:
        self.out = Capture()
        self.trouble = Log(_TROUBLE)
        self.peak = 0
        self.overrun = ""
        self._job = job
        self._began = time.monotonic()
        self._limit = limit
        self._process = _start(words, job)
        streams = (self._process.stdout, self._process.stderr)
        takers = ((self.out.add, log.add), (log.add, self.trouble.add))
        self._readers = [follow(stream, *take) for stream, take in zip(streams, takers, strict=True) if stream]
        self._guard = threading.Thread(target=self._watch, daemon=True)
        self._guard.start()

    @property
    def seconds(self) -> float:
        """How long ago it was started."""
        return time.monotonic() - self._began

    @property
    def ended(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    def feed(self, text: bytes) -> None:
        """Give it this as standard input, whole; a process that does not read it is not an error."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError), self._process.stdin as stream:
                stream.write(text)

    def wait(self) -> int:
        """Its exit status, once it has ended or was killed for a limit, and all its output is read."""
        status = self._process.wait()
        self._settle()
        return status

    def stop(self) -> bool:
        """Ask it to end, then make it; whether it ended when asked."""
        living = self.ended is None
        if living:
            self._look()
            for pid in census(self._process.pid).processes[:1]:
                _signal(pid, signal.SIGTERM)
        willing = not living or self.ends_within(self._job.limits.stop_seconds)
        self.kill()
        self._settle()
        return willing

    def kill(self) -> None:
        """End it and all that it started, at once."""
        for pid in census(self._process.pid).processes:
            if self._process.poll() is None:
                _signal(pid, signal.SIGKILL)
        if not (self._job.tracer and self.ends_within(_RECORD_SECONDS)) and self._process.poll() is None:
            _signal(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _settle(self) -> None:
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._guard.join()
        for reader in self._readers:
            reader.join(timeout=self._job.limits.stop_seconds)

    def ends_within(self, seconds: float) -> bool:
        """Whether it has ended when so many seconds are over."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _watch(self) -> None:
        """Look closely at first, for programs that are soon over, then ten times a second."""
        pause = _OFTEN
        while self.ended is None:
            self._look()
            if self.overrun:
                self.kill()
            self.ends_within(pause)
            pause = min(pause * 1.5, _SELDOM)

    def _look(self) -> None:
        seen = census(self._process.pid)
        self.peak = max(self.peak, seen.resident, seen.highest)
        self.overrun = self.overrun or self._excess(seen.resident, len(seen.processes))

    def _excess(self, resident: int, processes: int) -> str:
        limits = self._job.limits
        if resident > limits.memory:
            return f"took more than the {limits.memory // _MEGABYTE} MB of memory it is allowed, and was killed"
        if processes > limits.processes:
            return f"started more than the {limits.processes} processes it is allowed, and was killed"
        if self.seconds > self._limit:
            return f"was still running after {self._limit:g} s, and was killed"
        return ""


def _start(words: Sequence[str], job: Job) -> subprocess.Popen[bytes]:
    """The process; one that cannot be started says why and exits with status 127, as a shell has it."""
    try:
        return _open([*_recorder(job), *job.hold, *words], job)
    except OSError as error:
        return _open(["/bin/sh", "-c", 'echo "$0" >&2; exit 127', f"{error.strerror}: {words[0]}"], job)


def _recorder(job: Job) -> tuple[str, ...]:
    """The words that record what follows in a file of its own; the tracer ends with us, and what it holds with it."""
    if not job.tracer:
        return ()
    descriptor, record = tempfile.mkstemp(".strace", f"{time.time_ns()}-", job.records)
    os.close(descriptor)
    return (sys.executable, "-I", "-S", "-c", _WITH_PARENT, *job.tracer, "-o", record, "--")


def _open(words: Sequence[str], job: Job) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=None if job.hold else dict(job.environment),
        cwd=None if job.hold else job.directory,
        start_new_session=True,
    )


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def said(status: int) -> str:
    """An exit status in words; bubblewrap and shells give 128 + n for a process that signal n ended."""
    number = -status if status < 0 else status - 128
    try:
        return f"was ended by {signal.Signals(number).name}"
    except ValueError:
        return f"exited with status {status}"
