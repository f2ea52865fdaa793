"""Runs a program on the original and on the result, and compares."""

from __future__ import annotations

from collections.abc import Sequence

from deadweight.core.errors import UsageError
from deadweight.core.probe import Probe, ProbeKind, RunRecord
from deadweight.core.proof import NO_PROOF, Proof
from deadweight.proof.verdicts import compare_runs
from deadweight.sandbox.launch import RunSettings, launch
from deadweight.sandbox.stand import Program, Stand

ProofSettings = RunSettings
"""How the programs of a proof are run."""


def prove(
    before: Stand,
    after: Stand,
    program: Program | None,
    probes: Sequence[Probe],
    settings: ProofSettings,
) -> Proof:
    """Whether the result answers as the original does; the original runs twice, to know what is unstable."""
    if program is None and not probes:
        return NO_PROOF
    first = observe(before, program, probes, settings)
    if not first.started:
        return compare_runs(first, first, first, probes)
    again = observe(before, program, probes, settings)
    return compare_runs(first, again, observe(after, program, probes, settings), probes)


def observe(stand: Stand, program: Program | None, probes: Sequence[Probe], settings: ProofSettings) -> RunRecord:
    """One run of the program on the stand, all probes done; a run of the original serves for many trials."""
    check_probes(program, probes)
    return launch(stand, program, probes, settings)


def check_probes(program: Program | None, probes: Sequence[Probe]) -> None:
    """Raise UsageError where two probes have one name, or a request has no program to go to."""
    names = [probe.name for probe in probes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"two probes are called {twice[0]!r}", advice="Give each probe a name of its own.")
    asking = next((probe for probe in probes if probe.kind is ProbeKind.REQUEST), None)
    if program is None and asking is not None:
        raise UsageError(
            f"the probe {asking.name!r} needs a program that answers",
            advice="Say how to start it: --run 'uvicorn app:app --port 8000'",
        )
