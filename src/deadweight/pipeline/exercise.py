"""What to run and what to ask of it, as a person writes it, becomes what a proof needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.errors import UsageError
from deadweight.core.probe import ProbeKind
from deadweight.core.progress import SILENT, Progress
from deadweight.core.trace import Trace
from deadweight.pipeline.proving import Proving
from deadweight.proof.probes import parse_probes
from deadweight.proof.prove import ProofSettings
from deadweight.sandbox.command_line import Start
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.stand import RunLimits


@dataclass(frozen=True, slots=True)
class Exercise:
    """What to run and what to ask of it.

    `run` is a shell line, empty for an image's own command. `probes` are written as for `deadweight slim --probe`;
    without one every module is imported. `@file` probes are looked for under `base`. `directory` is where it runs,
    empty for the root of the artifact or what an image says; `port` the one it listens on, 0 to find it. Without
    `sandbox` nothing holds the program, and the proof says so. `entries` are more ways in, that no probe is sent to: a
    file of the artifact, or a command. `trace` is what earlier runs touched; without one `slim` watches a run of its
    own, where `watched` and strace is there.
    """

    run: str = ""
    probes: tuple[str, ...] = ()
    port: int = 0
    directory: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    writable: tuple[str, ...] = ()
    limits: RunLimits = field(default_factory=RunLimits)
    sandbox: bool = True
    entries: tuple[str, ...] = ()
    trace: Trace | None = None
    watched: bool = True
    base: Path = field(default_factory=Path)

    def __post_init__(self) -> None:
        if isinstance(self.probes, str):
            raise UsageError(f"the probes are one text: {self.probes!r}", advice=f"Write ({self.probes!r},)")


def proving(exercise: Exercise, artifact: Artifact, progress: Progress = SILENT) -> Proving:
    """The probes and the program for this artifact; raises Lacking where nothing can hold a program."""
    probes = parse_probes(exercise.probes or ("imports",), exercise.base)
    asking = any(probe.kind is ProbeKind.REQUEST for probe in probes)
    starts = exercise.run or (artifact.image and asking)
    held = isolation(sandbox=exercise.sandbox)
    settings = ProofSettings(held, exercise.limits, progress)
    return Proving(probes, settings, _start(exercise, artifact) if starts else None)


def _start(exercise: Exercise, artifact: Artifact) -> Start:
    return Start(
        line=exercise.run,
        image=artifact.image,
        directory=exercise.directory,
        environment=exercise.environment,
        port=exercise.port,
        writable=exercise.writable,
    )
