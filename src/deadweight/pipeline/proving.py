"""Trees are stood side by side and their runs compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.probe import Probe, RunRecord
from deadweight.core.proof import Proof
from deadweight.core.scene import Scene
from deadweight.core.seams import Packing
from deadweight.facts.importable import IMPORTABLE
from deadweight.formats.recognition import format_named
from deadweight.proof.probes import with_imports
from deadweight.proof.prove import ProofSettings, observe
from deadweight.proof.verdicts import compare_runs
from deadweight.sandbox.command_line import Start
from deadweight.sandbox.stand import Program, Stand

TREES = frozenset(("directory", "virtual-environment", "project"))


@dataclass(frozen=True, slots=True)
class Proving:
    """What to run and what to do to it; with no program only commands and import sweeps can be probed."""

    probes: tuple[Probe, ...]
    settings: ProofSettings
    start: Start | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """The original, run twice, and the probes that were sent."""

    probes: tuple[Probe, ...]
    first: RunRecord
    second: RunRecord


def stand_for(artifact: Artifact, room: Path, place: Path | None = None) -> Stand:
    """Where the artifact can run: a tree where it lies (seen at `place`), anything else unpacked into `room`."""
    if artifact.format in TREES:
        root = Path(artifact.location).absolute()
        return Stand(root=root, place=str(place or root), image=False)
    tree = room / "tree"
    pack = format_named("directory").pack
    assert pack is not None, "trees can be written"
    pack(artifact, Changes(), tree, Packing())
    return Stand(root=tree, place=str(place or tree), image=artifact.image is not None)


def spelled_out(probes: tuple[Probe, ...], kept: Scene) -> tuple[Probe, ...]:
    """The probes with each import sweep spread to one a distribution: every module that the result still has."""
    return with_imports(probes, kept.ask(IMPORTABLE))


def baseline(stand: Stand, proving: Proving, probes: Sequence[Probe]) -> Baseline:
    """Run the original twice, so that what differs from itself is known before any edit."""
    program = _program(stand, proving)
    first = observe(stand, program, probes, proving.settings)
    again = observe(stand, program, probes, proving.settings) if first.started else first
    return Baseline(tuple(probes), first, again)


def compare(known: Baseline, stand: Stand, proving: Proving) -> Proof:
    """Run the result once and compare it with the original."""
    after = observe(stand, _program(stand, proving), known.probes, proving.settings)
    return compare_runs(known.first, known.second, after, known.probes)


def _program(stand: Stand, proving: Proving) -> Program | None:
    return proving.start.on(stand) if proving.start else None
