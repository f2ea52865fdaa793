"""What failed is asked again alone: fewer probes, of sweeps only the modules that failed; and what a run said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from deadweight.core.probe import Observation, Probe, ProbeKind, RunRecord
from deadweight.core.proof import Proof, Verdict
from deadweight.pipeline.proving import Baseline, Proving
from deadweight.proof.comparison import spoiled
from deadweight.proof.prove import observe


@dataclass(frozen=True, slots=True)
class Said:
    """What a run said: what came of each sweep, and all that it logged."""

    swept: tuple[str, ...]
    log: str


def narrowed(known: Baseline, proof: Proof, proving: Proving) -> Baseline:
    """The probes that failed alone, and of import sweeps only the modules that did."""
    differ = {one.probe for one in proof.comparisons if one.verdict is Verdict.DIFFERENT}
    asked = tuple(probe for probe in known.probes if probe.name in differ)
    lean = replace(known, probes=asked)
    swept = {
        probe.name: _spoiled(probe, known.first, proof.after) for probe in asked if probe.kind is ProbeKind.IMPORTS
    }
    few = tuple(replace(probe, modules=swept.get(probe.name) or probe.modules) for probe in asked)
    if few == asked or known.stand is None:
        return lean
    alone = {one.probe: one for one in observe(known.stand, None, _sweeps(few, swept), proving.settings).observations}
    if any(seen.status for seen in alone.values()):
        return lean  # some import only after others: the whole sweep has to be done
    return replace(lean, probes=few, first=_with(known.first, alone), second=_with(known.second, alone))


def _sweeps(probes: Sequence[Probe], swept: dict[str, tuple[str, ...]]) -> tuple[Probe, ...]:
    """The sweeps among the probes."""
    return tuple(probe for probe in probes if swept.get(probe.name))


def _with(record: RunRecord, seen: dict[str, Observation]) -> RunRecord:
    kept = tuple(one for one in record.observations if one.probe not in seen)
    return replace(record, observations=(*kept, *seen.values()))


def _spoiled(probe: Probe, first: RunRecord, after: RunRecord | None) -> tuple[str, ...]:
    outputs = [
        next((one.output for one in record.observations if one.probe == probe.name), "")
        for record in (first, after or first)
    ]
    return tuple(spoiled(outputs[0], outputs[1]))


def spares_program(proof: Proof, asked: Baseline) -> bool:
    """Whether everything that failed is asked again by a probe, so that the program need not be started for it."""
    differ = {one.probe for one in proof.comparisons if one.verdict is Verdict.DIFFERENT}
    return bool(differ) and differ <= {probe.name for probe in asked.probes}


def said_by(record: RunRecord | None) -> Said:
    """What the run said; nothing where there was none."""
    if record is None:
        return Said((), "")
    swept = tuple(one.output for one in record.observations if "\t" in one.output)
    troubles = (f"{one.trouble}\n{one.error}" for one in record.observations)
    return Said(swept, "\n".join((record.log, record.error, *troubles)))
