"""Runs a program on its stand as `launch` does, and tells every path that it and all its children used."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from deadweight.core.errors import Lacking, NotTraced
from deadweight.core.probe import Probe, RunRecord
from deadweight.core.trace import Use
from deadweight.sandbox.launch import Recording, RunSettings, launch, unheld_directory
from deadweight.sandbox.stand import Program, Stand
from deadweight.sandbox.strace_log import Reading, Sighting
from deadweight.sandbox.strace_words import strace_words

_SECONDS = 30
_TRIED = 7
_TRIAL = ("-o", "/dev/null", "--", "/bin/sh", "-c", f"exit {_TRIED}")
_STATIC = "Levels and rules that need no run still work: leave --run and --probe away, or give a --from-trace file."
_INSTALL = f"Install strace 5.9 or newer (apt install strace). {_STATIC}"
_PTRACE = "Docker: --cap-add SYS_PTRACE; sysctl kernel.yama.ptrace_scope=1 or less; no other tracer"
_ALLOW = f"Allow ptrace ({_PTRACE}). {_STATIC}"


@dataclass(slots=True)
class Seen:
    """One absolute path as programs named it: how often in each way, first after how many seconds, by what program."""

    first: float
    process: str
    uses: Counter[Use] = field(default_factory=Counter)


@dataclass(slots=True)
class Sightings:
    """What the records of one run or several told, by path.

    `processes` is how many there were, threads included; `seconds` how long the runs took.
    """

    paths: dict[str, Seen] = field(default_factory=dict)
    processes: int = 0
    seconds: float = 0.0

    def add(self, found: Iterable[Sighting], began: float) -> None:
        """Take what one record tells; moments count from `began`, on the record's own clock."""
        for one in found:
            seen = self.paths.get(one.path)
            if seen is None:
                seen = self.paths[one.path] = Seen(max(0.0, one.moment - began), one.process)
            seen.uses[one.use] += 1


@dataclass(frozen=True, slots=True)
class Tracing:
    """How runs are traced, and what was seen so far; `tracer` are the words that record a program."""

    tracer: tuple[str, ...]
    settings: RunSettings
    seen: Sightings = field(default_factory=Sightings)


def tracing(settings: RunSettings, program: str = "strace") -> Tracing:
    """A tracing that was tried; raises Lacking where strace is missing or the kernel forbids it to trace."""
    found = shutil.which(program)
    if found is None:
        raise Lacking("strace is not installed: what a run touches is not known", advice=_INSTALL)
    words = strace_words(found)
    tried = subprocess.run([*words, *_TRIAL], capture_output=True, text=True, timeout=_SECONDS, check=False)
    if tried.returncode != _TRIED:
        why = tried.stderr.strip()[-500:]
        raise Lacking(f"strace does not work here: {why}", advice=_ALLOW if "PTRACE" in why.upper() else _INSTALL)
    return Tracing(words, settings)


def traced(stand: Stand, program: Program | None, probes: Sequence[Probe], tracing: Tracing) -> RunRecord:
    """Run the program and the command probes recorded, and add what they used to what was seen.

    Import sweeps, which touch everything, are run unrecorded. Of a run that did not start or ended in an error nothing
    is added: the record says why. Raises NotTraced where what was recorded is not whole.
    """
    with tempfile.TemporaryDirectory(prefix="deadweight-trace-") as folder:
        settings = replace(tracing.settings, recording=Recording(tracing.tracer, folder))
        began, clock = time.time(), time.monotonic()
        record = launch(stand, program, probes, settings)
        tracing.seen.seconds += time.monotonic() - clock
        shells, start = (1, None) if settings.isolation.program else (0, unheld_directory(stand, program))
        for path in sorted(Path(folder).iterdir()) if record.started and not record.error else ():
            read_record(path, tracing.seen, Reading(shells, start), began)
    return record


def read_record(path: Path, seen: Sightings, reading: Reading, began: float) -> None:
    """Take in one whole record of a run of ours; raises NotTraced where something in it was not seen.

    `reading` knows how many programs are executed before the one that is watched (bubblewrap), `began` is in seconds
    since the epoch.
    """
    with path.open(encoding="utf-8", errors="surrogateescape") as lines:
        seen.add(reading.read(lines), began)
    seen.processes += reading.ended
    if fault := _fault(reading):
        raise NotTraced(f"the run was not seen whole: {fault}", advice="Trace again; the trace is not used.")


def read_foreign_record(path: Path, seen: Sightings) -> str:
    """Take in a record that was made elsewhere, and give the program that it saw first, empty where it saw no start.

    It may begin and end in the midst of a run. Raises NotTraced where a line or a path in it is not known.
    """
    reading = Reading()
    with path.open(encoding="utf-8", errors="surrogateescape") as lines:
        told = reading.read(lines)
        first = next(told, None)
        if first is not None:
            seen.add(chain((first,), told), first.moment)
    if reading.faults:
        raise NotTraced(f"the record does not tell all: {_listed(reading)}")
    return first.process if first is not None else ""


def _listed(reading: Reading) -> str:
    return "; ".join(list(reading.faults)[:3])


def _fault(reading: Reading) -> str:
    if reading.detached:
        return "strace let go of a process that was still running"
    if reading.born:
        return f"{len(reading.born)} of its processes were never seen: they escaped the tracer"
    if reading.living:
        return f"the record ends while {reading.living} of its processes still run"
    if not reading.ended:
        return "the record is empty"
    return _listed(reading)
