"""Runs a program on a stand and gives the record of what was seen."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from deadweight.core.errors import Lacking
from deadweight.core.probe import Probe, RunRecord
from deadweight.core.progress import SILENT, Progress
from deadweight.sandbox.bubblewrap import environment_of, network_words, program_words
from deadweight.sandbox.interpreter import python_of, shell_of
from deadweight.sandbox.isolation import Isolation
from deadweight.sandbox.job import Job, Told
from deadweight.sandbox.stand import Program, RunLimits, Stand

_NOTHING = Program(())


def launch(
    stand: Stand,
    program: Program | None,
    probes: Sequence[Probe],
    isolation: Isolation,
    limits: RunLimits | None = None,
    progress: Progress = SILENT,
) -> RunRecord:
    """Run the program, None for probes alone, do the probes and stop it.

    What the program does wrong is in the record's `error` and observations. Raises Lacking where the supervisor
    itself cannot run.
    """
    job = _job(stand, program or _NOTHING, tuple(probes), isolation, _bounded(limits or RunLimits(), isolation))
    words = (sys.executable, "-P", "-B", "-m", "deadweight.sandbox.supervisor")
    shell = (isolation.program, *network_words()) if isolation.program else ()
    progress.start("probes", len(job.probes), "probes")
    try:
        return _supervised((*shell, *words), msgspec.json.encode(job), progress)
    finally:
        progress.finish()


def supervisor_environment() -> Mapping[str, str]:
    """What our own Python needs to find the very modules that run now."""
    return {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _job(stand: Stand, program: Program, probes: tuple[Probe, ...], isolation: Isolation, limits: RunLimits) -> Job:
    hold = (isolation.program, *program_words(stand, program, limits)) if isolation.program else ()
    if not hold and stand.image:
        raise Lacking(
            "an image's program cannot be run without a sandbox",
            where=str(stand.root),
            advice="Install bubblewrap (apt install bubblewrap), or leave --run away: nothing is proven then.",
        )
    return Job(
        hold=hold,
        command=_at_root(program.command, stand) if not hold else program.command,
        port=program.port,
        probes=probes,
        limits=limits,
        shell=shell_of(stand),
        python=_moved(python_of(stand, program), stand) if not hold else python_of(stand, program),
        environment=_unheld_environment(stand, program),
        directory=_moved(program.directory or stand.place, stand),
        isolation=isolation.level,
    )


def _unheld_environment(stand: Stand, program: Program) -> Mapping[str, str]:
    environment = environment_of(stand, program)
    path = ":".join(_moved(directory, stand) for directory in environment["PATH"].split(":"))
    return {**environment, "HOME": program.environment.get("HOME", tempfile.gettempdir()), "PATH": path}


def _bounded(limits: RunLimits, isolation: Isolation) -> RunLimits:
    return limits if isolation.bounded else replace(limits, temporary=0)


def _at_root(words: tuple[str, ...], stand: Stand) -> tuple[str, ...]:
    return tuple(_moved(word, stand) for word in words)


def _moved(word: str, stand: Stand) -> str:
    """Where nothing puts the tree at its place, words that name the place name the tree itself."""
    return str(stand.behind(word)) if word.startswith(stand.place) else word


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
        told = msgspec.json.decode(line, type=Told)
        if told.record is not None:
            return told.record
        progress.advance(1)
    return None
