"""The original is run on its stand, and results are run and compared with what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from deadweight.core.probe import Probe, RunRecord
from deadweight.core.proof import Proof, Verdict
from deadweight.proof.prove import ProofSettings, observe
from deadweight.proof.verdicts import compare_runs
from deadweight.sandbox.command_line import Start
from deadweight.sandbox.stand import Program, Stand


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

    def program(self, stand: Stand) -> Program | None:
        """What is started on this stand, None where nothing is."""
        return self.start.on(stand) if self.start else None


@dataclass(frozen=True, slots=True)
class Baseline:
    """The original on its stand, run twice, the probes that were sent, and what they leave unproven."""

    probes: tuple[Probe, ...]
    first: RunRecord
    second: RunRecord
    stand: Stand | None = None
    unproven: tuple[str, ...] = ()


def baseline(stand: Stand, proving: Proving, probes: Sequence[Probe]) -> Baseline:
    """Run the original twice, so that what differs from itself is known before any edit.

    Sweeps are done once: one that comes out different is done again by itself, in `compare`.
    """
    program = proving.program(stand)
    first = observe(stand, program, probes, proving.settings)
    steady = [probe for probe in probes if not probe.kind.is_sweep]
    again = observe(stand, program, steady, proving.settings) if first.started and (steady or program) else first
    return Baseline(tuple(probes), first, again, stand)


def compare(known: Baseline, stand: Stand, proving: Proving) -> Proof:
    """Run the result once and compare it with the original; a sweep that differs is done again on the original."""
    after = observe(stand, proving.program(stand), known.probes, proving.settings)
    proof = compare_runs(known.first, known.second, after, known.probes)
    differ = {one.probe for one in proof.comparisons if one.verdict is Verdict.DIFFERENT}
    doubtful = [probe for probe in known.probes if probe.kind.is_sweep and probe.name in differ]
    if doubtful and known.stand is not None and known.second.started:
        more = observe(known.stand, None, doubtful, proving.settings)
        second = replace(known.second, observations=(*known.second.observations, *more.observations))
        proof = compare_runs(known.first, second, after, known.probes)
    return replace(proof, unproven=(*known.unproven, *proof.unproven))
