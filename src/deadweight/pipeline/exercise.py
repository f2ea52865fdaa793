"""What to run and what to ask of it, as a person writes it, becomes what a proof needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from deadweight.core.artifact import Artifact
from deadweight.core.errors import UsageError
from deadweight.core.probe import ProbeKind
from deadweight.core.progress import SILENT, Progress
from deadweight.core.trace import Trace
from deadweight.sandbox.stand import RunLimits

if TYPE_CHECKING:
    from deadweight.pipeline.proving import Proving
    from deadweight.sandbox.command_line import Start


@dataclass(frozen=True, slots=True)
class Exercise:
    """What to run and what to ask of it.

    `run` is a shell line, empty for an image's own command. `probes` are written as for `deadweight slim --probe`,
    `checks` as well: they are asked in the proof alone, and where none is given deadweight makes some of its own.
    `@file` probes are looked for under `base`. `directory` is where it runs,
    empty for the root of the artifact or what an image says; `port` the one it listens on, 0 to find it. Without
    `sandbox` nothing holds the program, and the proof says so. `entries` are more ways in, that no probe is sent to: a
    file of the artifact, or a command. `trace` is what earlier runs touched, `traces` are files that say it: those of
    `deadweight trace`, and records of strace. Without any `slim` watches a run of its own, where `watched` and strace
    is there. Numbers of JSON, and vectors of them, count as the same within the relative `tolerance`.
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
    traces: tuple[Path, ...] = ()
    watched: bool = True
    base: Path = field(default_factory=Path)
    checks: tuple[str, ...] = ()
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        for name, specs in (("probes", self.probes), ("checks", self.checks)):
            if isinstance(specs, str):
                raise UsageError(f"the {name} are one text: {specs!r}", advice=f"Write ({specs!r},)")


def proving(exercise: Exercise, artifact: Artifact, progress: Progress = SILENT) -> Proving:
    """The probes and the program for this artifact; raises Lacking where nothing can hold a program."""
    from deadweight.pipeline.proving import Proving  # a third of the start of a command that runs nothing
    from deadweight.proof.probes import parse_probes
    from deadweight.proof.prove import ProofSettings
    from deadweight.sandbox.isolation import isolation

    probes = parse_probes(exercise.probes, exercise.base)
    new = [spec for spec in exercise.checks if spec not in exercise.probes]
    checks = parse_probes((*exercise.probes, *new), exercise.base)[len(probes) :]
    asking = any(probe.kind is ProbeKind.REQUEST for probe in (*probes, *checks))
    starts = exercise.run or (artifact.image and asking)
    held = isolation(sandbox=exercise.sandbox)
    settings = ProofSettings(held, exercise.limits, progress)
    start = _start(exercise, artifact) if starts else None
    return Proving(probes, settings, start, checks, own=not exercise.checks, tolerance=exercise.tolerance)


def _start(exercise: Exercise, artifact: Artifact) -> Start:
    from deadweight.sandbox.command_line import Start

    return Start(
        line=exercise.run,
        image=artifact.image,
        directory=exercise.directory,
        environment=exercise.environment,
        port=exercise.port,
        writable=exercise.writable,
    )
