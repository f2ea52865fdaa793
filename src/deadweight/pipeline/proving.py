"""Trees are stood side by side and their runs compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.probe import Probe, ProbeKind, RunRecord
from deadweight.core.proof import Proof, Verdict
from deadweight.core.scene import Scene
from deadweight.core.seams import Packing
from deadweight.formats.recognition import format_named
from deadweight.proof.own_checks.every import own_checks
from deadweight.proof.own_checks.ground import Checks, ground, together
from deadweight.proof.own_checks.imports import spread
from deadweight.proof.own_checks.routes import DESCRIPTION
from deadweight.proof.prove import ProofSettings, observe
from deadweight.proof.verdicts import compare_runs
from deadweight.sandbox.command_line import Start
from deadweight.sandbox.stand import Program, Stand

_FINE = 200
TREES = frozenset(("directory", "virtual-environment", "project"))


@dataclass(frozen=True, slots=True)
class Proving:
    """What to run and what to do to it; with no program only commands and sweeps can be probed.

    `probes` are what a person gave to trace and to prove with, `checks` what is only proven. With `own` deadweight
    makes checks besides. `tolerance` is how far numbers of any answer may be from the original's.
    """

    probes: tuple[Probe, ...]
    settings: ProofSettings
    start: Start | None = None
    checks: tuple[Probe, ...] = ()
    own: bool = False
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """The original on its stand, run twice, the probes that were sent, and what they leave unproven."""

    probes: tuple[Probe, ...]
    first: RunRecord
    second: RunRecord
    stand: Stand | None = None
    unproven: tuple[str, ...] = ()


def stand_for(artifact: Artifact, room: Path, place: Path | None = None) -> Stand:
    """Where the artifact can run: a tree where it lies (seen at `place`), anything else unpacked into `room`."""
    if artifact.format in TREES:
        root = Path(artifact.location).absolute()
        return Stand(root=root, place=str(place or root), image=False)
    tree = room / "tree"
    pack = format_named("directory").pack
    assert pack is not None, "trees can be written"
    room.mkdir(exist_ok=True)
    pack(artifact, Changes(), tree, Packing())
    return Stand(root=tree, place=str(place or tree), image=artifact.image is not None)


def proven(original: Scene, result: Scene, wish: Proving, room: Path) -> Proof:
    """Run both, ask both the same, and compare; what has to be unpacked for it is unpacked into the room."""
    stand = stand_for(original.artifact, room / "before")
    known = known_of(original, result, (stand, wish))
    return compare(known, stand_for(result.artifact, room / "after", Path(stand.place)), wish)


def known_of(original: Scene, kept: Scene, running: tuple[Stand, Proving]) -> Baseline:
    """What the original does on its stand when it is asked all that this result is to be held to."""
    stand, proving = running
    asked = questions(original, kept, running)
    return replace(baseline(stand, proving, asked.probes), unproven=asked.unproven)


def questions(original: Scene, kept: Scene, running: tuple[Stand, Proving]) -> Checks:
    """The probes, the checks, and where none is given those that deadweight makes for what the result keeps."""
    stand, proving = running
    given = (*proving.probes, *proving.checks)
    standing = ground(original, kept, stand, held=bool(proving.settings.isolation.program))
    made = own_checks(standing, given, _description(stand, proving)) if proving.own else Checks()
    asked = together((spread(given, standing), made))
    return replace(asked, probes=tuple(replace(one, closeness=proving.tolerance) for one in asked.probes))


def baseline(stand: Stand, proving: Proving, probes: Sequence[Probe]) -> Baseline:
    """Run the original twice, so that what differs from itself is known before any edit.

    Sweeps are done once: one that comes out different is done again by itself, in `compare`.
    """
    program = _program(stand, proving)
    first = observe(stand, program, probes, proving.settings)
    steady = [probe for probe in probes if not probe.kind.is_sweep]
    again = observe(stand, program, steady, proving.settings) if first.started and (steady or program) else first
    return Baseline(tuple(probes), first, again, stand)


def compare(known: Baseline, stand: Stand, proving: Proving) -> Proof:
    """Run the result once and compare it with the original; a sweep that differs is done again on the original."""
    after = observe(stand, _program(stand, proving), known.probes, proving.settings)
    proof = compare_runs(known.first, known.second, after, known.probes)
    differ = {one.probe for one in proof.comparisons if one.verdict is Verdict.DIFFERENT}
    doubtful = [probe for probe in known.probes if probe.kind.is_sweep and probe.name in differ]
    if doubtful and known.stand is not None and known.second.started:
        more = observe(known.stand, None, doubtful, proving.settings)
        second = replace(known.second, observations=(*known.second.observations, *more.observations))
        proof = compare_runs(known.first, second, after, known.probes)
    return replace(proof, unproven=(*known.unproven, *proof.unproven))


def _description(stand: Stand, proving: Proving) -> str | None:
    """What the original says of its API, empty where it says nothing, None where it is no service."""
    program = _program(stand, proving)
    given = (*proving.probes, *proving.checks)
    if program is None or not (program.port or any(probe.kind is ProbeKind.REQUEST for probe in given)):
        return None
    seen = observe(stand, program, (DESCRIPTION,), proving.settings).observations
    return next((one.output for one in seen if one.status == _FINE), "")


def _program(stand: Stand, proving: Proving) -> Program | None:
    return proving.start.on(stand) if proving.start else None
