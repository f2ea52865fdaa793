"""Runs a program on a stand and gives the record of what was seen."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from deadweight.core.errors import Lacking
from deadweight.core.probe import Probe, RunRecord
from deadweight.core.progress import SILENT, Progress
from deadweight.sandbox.bubblewrap import environment_of, program_words, supervisor_words
from deadweight.sandbox.interpreter import python_of, shell_of
from deadweight.sandbox.isolation import Isolation
from deadweight.sandbox.job import Job, Told, from_line, to_line
from deadweight.sandbox.stand import Program, RunLimits, Stand

_NOTHING = Program(())


@dataclass(frozen=True, slots=True)
class Recording:
    """What records a run, before `-o FILE`, and the folder that takes a file for each program that is run."""

    tracer: tuple[str, ...]
    folder: str


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How programs are run: what holds them (`isolation.isolation()`), within which limits, and who is told.

    `recording` is None for a run that nothing records.
    """

    isolation: Isolation
    limits: RunLimits = field(default_factory=RunLimits)
    progress: Progress = SILENT
    recording: Recording | None = None


def launch(stand: Stand, program: Program | None, probes: Sequence[Probe], settings: RunSettings) -> RunRecord:
    """Run the program, None for probes alone, do the probes and stop it.

    What the program does wrong is in the record's `error` and observations. Raises Lacking where the supervisor
    itself cannot run.
    """
    isolation, progress = settings.isolation, settings.progress
    job = _job(stand, program or _NOTHING, tuple(probes), settings)
    if settings.recording:
        job = replace(job, tracer=settings.recording.tracer, records=settings.recording.folder)
    words = (sys.executable, "-P", "-B", "-m", "deadweight.sandbox.supervisor")
    shell = (isolation.program, *supervisor_words()) if isolation.program else ()
    progress.start("probes", len(job.probes), "probes")
    try:
        return _supervised((*shell, *words), to_line(job), progress)
    finally:
        progress.finish()


def supervisor_environment() -> Mapping[str, str]:
    """What our own Python needs to find the very modules that run now."""
    return {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _job(stand: Stand, program: Program, probes: tuple[Probe, ...], settings: RunSettings) -> Job:
    isolation = settings.isolation
    limits = settings.limits if isolation.bounded else replace(settings.limits, temporary=0)
    if isolation.program:
        hold = (isolation.program, *program_words(stand, program, limits))
        return Job(
            hold,
            program.command,
            program.port,
            probes,
            limits,
            shell_of(stand),
            python_of(stand, program),
            {},
            "",
            isolation.level,
        )
    return _unheld_job(stand, program, probes, settings)


def _unheld_job(stand: Stand, program: Program, probes: tuple[Probe, ...], settings: RunSettings) -> Job:
    """Where nothing puts the tree at its place, words that name the place name the tree itself."""
    if stand.image:
        raise Lacking(
            "an image's program cannot be run without a sandbox",
            where=str(stand.root),
            advice="Install bubblewrap (apt install bubblewrap), or leave --run away: nothing is proven then.",
        )
    return Job(
        hold=(),
        command=tuple(_moved(word, stand) for word in program.command),
        port=program.port,
        probes=probes,
        limits=settings.limits,
        shell=shell_of(stand),
        python=_moved(python_of(stand, program), stand),
        environment=_unheld_environment(stand, program),
        directory=unheld_directory(stand, program),
        isolation=settings.isolation.level,
    )


def unheld_directory(stand: Stand, program: Program | None) -> str:
    """Where a program starts that nothing holds."""
    return _moved(stand.seen((program or _NOTHING).directory), stand)


def _unheld_environment(stand: Stand, program: Program) -> Mapping[str, str]:
    environment = environment_of(stand, program)
    path = ":".join(_moved(directory, stand) for directory in environment["PATH"].split(":"))
    return {**environment, "HOME": program.environment.get("HOME", tempfile.gettempdir()), "PATH": path}


def _moved(word: str, stand: Stand) -> str:
    return str(stand.behind(word)) if stand.holds(word) else word


def _supervised(words: Sequence[str], job: bytes, progress: Progress) -> RunRecord:
    """The supervisor's record; told to end, the supervisor ends what it holds."""
    with tempfile.TemporaryFile() as trouble:
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=trouble, env=supervisor_environment()
        )
        with process:
            try:
                record = _exchange(process, job, progress)
            except BaseException:
                process.terminate()
                raise
        trouble.seek(0)
        complaint = trouble.read(1 << 16).decode("utf-8", "replace").strip()
    if record is None:
        raise Lacking(
            f"the run ended without a record: {complaint[-2000:] or f'exit status {process.returncode}'}",
            advice="Run deadweight doctor to see what the sandbox lacks.",
        )
    return record


def _exchange(process: subprocess.Popen[bytes], job: bytes, progress: Progress) -> RunRecord | None:
    assert process.stdin
    assert process.stdout
    with contextlib.suppress(BrokenPipeError), process.stdin:
        process.stdin.write(job)
    for line in process.stdout:
        told = from_line(line, Told)
        if told.record is not None:
            return told.record
        progress.advance(1)
    return None
