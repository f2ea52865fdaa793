"""A sweep that imports modules with the stand's own Python and says what became of each."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from deadweight.core.probe import Observation, Probe
from deadweight.sandbox.capture import Log
from deadweight.sandbox.held import Held, said
from deadweight.sandbox.job import Job

FINE = "ok"
_AT_ONCE = 1000  # what they tell stays within the part of a stream that is kept
_SCRIPT = """
import faulthandler, importlib, os, signal, sys
names = sys.stdin.read().split()
told = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
class Late(BaseException): pass
def late(*_): raise Late("not imported in time")
signal.signal(signal.SIGALRM, late)
for name in names:
    try:
        signal.alarm(SECONDS)
        faulthandler.dump_traceback_later(SECONDS + 2, exit=True)
        importlib.import_module(name)
        outcome = "ok"
    except BaseException as error:
        outcome = "%s: %s" % (type(error).__name__, " ".join(str(error).split())[:300])
    finally:
        signal.alarm(0)
        faulthandler.cancel_dump_traceback_later()
    told.write("%s\\t%s\\n" % (name, outcome))
os._exit(0)
"""


def sweep(probe: Probe, job: Job) -> Observation:
    """Import the probe's modules in order, a thousand to a process; where one ends it, another goes on behind it.

    The probe's timeout holds for each module, first by a signal, then (code that never comes back to Python) by ending
    the process. The observation has one line a module, `name<TAB>ok` or
    `name<TAB>Error: message`, its status the number of modules that could not be imported.
    """
    began = time.monotonic()
    if not job.python:
        return Observation(probe.name, -1, error="no Python interpreter was found on the stand")
    outcomes: dict[str, str] = {}
    while left := [name for name in probe.modules if name not in outcomes]:
        outcomes |= _pass(left[:_AT_ONCE], job, probe.timeout)
    return _observation(probe, outcomes, time.monotonic() - began)


def script(probe: Probe, job: Job) -> Observation:
    """Give the probe's body to its source, run by the stand's own Python: what it tells, as a sweep tells it."""
    if not job.python:
        return Observation(probe.name, -1, error="no Python interpreter was found on the stand")
    held = Held((job.python, "-c", probe.command), job, Log(), limit=probe.timeout)
    held.feed(probe.body.encode())
    status = held.wait()
    outcomes = dict(_told(held.out.text()))
    error = "" if outcomes or not probe.body else f"it {held.overrun or said(status)}: {held.trouble.text()[-300:]}"
    return replace(_observation(probe, outcomes, held.seconds), error=error, trouble=held.trouble.text())


def _observation(probe: Probe, outcomes: Mapping[str, str], seconds: float) -> Observation:
    text = "".join(f"{name}\t{outcome}\n" for name, outcome in outcomes.items())
    failed = sum(outcome != FINE for outcome in outcomes.values())
    digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    return Observation(probe.name, failed, text, digest, "text/plain", seconds)


def _pass(names: Sequence[str], job: Job, timeout: float) -> Mapping[str, str]:
    """What became of the modules up to the first that ends the process, at least one."""
    script = _SCRIPT.replace("SECONDS", str(max(1, round(timeout))))
    held = Held((job.python, "-c", script), job, Log(), limit=(timeout + 5) * len(names))
    held.feed("\n".join(names).encode())
    status = held.wait()
    outcomes = dict(_told(held.out.text()))
    if len(outcomes) < len(names):
        last = next(name for name in names if name not in outcomes)
        outcomes[last] = f"Crash: the interpreter {held.overrun or said(status)}"
    return outcomes


def _told(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, tab, outcome = line.partition("\t")
        if tab:
            yield name, outcome
