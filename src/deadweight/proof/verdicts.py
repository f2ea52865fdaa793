"""Runs before and after compared probe by probe: what they prove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deadweight.core.probe import Observation, Probe, ProbeKind, RunRecord
from deadweight.core.proof import Comparison, Proof, Verdict
from deadweight.proof.comparison import unlike
from deadweight.sandbox.job import RUN

PROGRAM = "program"
"""The name under which the program itself is compared: that it starts, lasts and stops."""
_READ_ONLY = "Read-only file system"
_SHOWN = 200


def compare_runs(before: RunRecord, again: RunRecord, after: RunRecord, probes: Sequence[Probe]) -> Proof:
    """What two runs of the original and one of the result prove; works on records alone."""
    if not before.started or not again.started:
        broken = again if before.started else before
        why = f"the original does not run: {broken.error}{_last_words(broken)}"
        return Proof((), before=broken, after=after, why_not_run=why)
    comparisons = [_of_probe(probe, before, again, after) for probe in _all_probes(before, probes)]
    program = _of_program(before, again, after)
    return Proof((program, *comparisons) if program else tuple(comparisons), before, after)


def _all_probes(before: RunRecord, probes: Sequence[Probe]) -> list[Probe]:
    """The probes, and the run of a program that ends by itself in front of them."""
    ran = any(seen.probe == RUN for seen in before.observations)
    return [*([Probe(RUN, ProbeKind.COMMAND)] if ran else []), *probes]


def _of_program(before: RunRecord, again: RunRecord, after: RunRecord) -> Comparison | None:
    if bool(before.error) != bool(again.error):
        return Comparison(PROGRAM, Verdict.UNSTABLE, f"the original, once: {before.error or again.error}")
    if after.error and not before.error:
        return Comparison(PROGRAM, Verdict.DIFFERENT, f"{after.error}{_last_words(after)}")
    return None


def _of_probe(probe: Probe, before: RunRecord, again: RunRecord, after: RunRecord) -> Comparison:
    first, second, last = (_seen(record).get(probe.name) for record in (before, again, after))
    if first is None or second is None:
        return Comparison(probe.name, Verdict.NOT_RUN, "the original was not asked")
    if why := _unfit(probe, first):
        words = _last_words(before) if probe.name == RUN else ""
        return Comparison(probe.name, Verdict.NOT_RUN, why + words)
    if wobble := unlike(probe, first, second) or unlike(probe, second, first):
        return Comparison(probe.name, Verdict.UNSTABLE, f"the original differs from itself: {wobble}")
    if last is None:
        return Comparison(probe.name, Verdict.DIFFERENT, "not answered: the program did not start")
    found = unlike(probe, first, last)
    return Comparison(probe.name, Verdict.DIFFERENT if found else Verdict.SAME, found)


def _seen(record: RunRecord) -> Mapping[str, Observation]:
    return {seen.probe: seen for seen in record.observations}


def _unfit(probe: Probe, seen: Observation) -> str:
    """Why the original's own answer proves nothing."""
    if seen.error:
        return f"the original: {seen.error}"
    if probe.kind is ProbeKind.REQUEST:
        return _unfit_status(probe, seen)
    if probe.kind is ProbeKind.COMMAND and seen.status != probe.expect:
        words = next(iter(seen.trouble.strip().splitlines()[-1:]), "")[:_SHOWN]
        return f"the original exits with status {seen.status}, {probe.expect} was expected{words and ': ' + words}"
    if probe.kind is ProbeKind.IMPORTS and probe.modules and seen.status == len(probe.modules):
        return f"the original can import none of the modules: {_first_line(seen.output)}"
    return ""


def _unfit_status(probe: Probe, seen: Observation) -> str:
    if probe.expect and seen.status != probe.expect:
        return f"the original answers {seen.status}, {probe.expect} was expected"
    if not probe.expect and seen.status >= 500:
        return f"the original answers {seen.status}; where that is right, say so: '{probe.name} -> {seen.status}'"
    return ""


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "").replace("\t", ": ")[:_SHOWN]


def _last_words(record: RunRecord) -> str:
    """The last line of the log, and what it means where the sandbox may be what stopped the program."""
    last = next(iter(record.log.strip().splitlines()[-1:]), "")
    means = " (in the sandbox nothing of the tree can be written)" if _READ_ONLY in record.log else ""
    return f": {last[:_SHOWN]}{means}" if last else ""
