"""Runs before and after compared probe by probe: what they prove."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from deadweight.core.probe import Observation, Probe, ProbeKind, RunRecord
from deadweight.core.proof import Comparison, Proof, Verdict
from deadweight.proof.comparison import unlike
from deadweight.proof.hints import hint
from deadweight.sandbox.job import RUN

PROGRAM = "program"
"""The name under which the program itself is compared: that it starts, lasts and stops."""
_CRASH = re.compile(r"^Traceback \(|^[\w.]+(?:Error|Exception)(?:: .*)?\s*\Z", re.MULTILINE)
_NOT_FOUND = 126
_SERVERS_FAULT = 500
_SHOWN = 200


def compare_runs(before: RunRecord, again: RunRecord, after: RunRecord, probes: Sequence[Probe]) -> Proof:
    """What two runs of the original and one of the result prove; works on records alone.

    A sweep that the second run did not do again counts as seen twice. What deadweight asked by itself and the original
    could not do is told as unproven, and so is a difference where nothing reaches what was asked.
    """
    broken = next((one for one in (before, again) if not one.started), None)
    if broken is not None:
        why = f"the original does not run: {broken.error}{_last_words(broken)}"
        return Proof((), before=broken, after=after, why_not_run=why)
    told, untold = _told([(one, _of_probe(one, before, again, after)) for one in _all_probes(before, probes)])
    ends = (f"{PROGRAM}: the original: {before.error}",) if before.error and again.error else ()
    program = _of_program(before, again, after)
    comparisons = (program, *told) if program else told
    nothing = "" if comparisons else "nothing that was asked could be compared"
    return Proof(comparisons, before, after, (), nothing, (*ends, *untold))


def _told(compared: Sequence[tuple[Probe, Comparison]]) -> tuple[tuple[Comparison, ...], tuple[str, ...]]:
    """The comparisons that prove something, and in words those that do not."""
    made = [(probe, replace(one, made=probe.made)) for probe, one in compared]
    able = {probe.part_of for probe, one in made if one.verdict is not Verdict.NOT_RUN}
    empty = [one for probe, one in made if _proves_nothing(probe, one, able)]
    return tuple(one for _, one in made if one not in empty), tuple(f"{one.probe}: {one.difference}" for one in empty)


def _proves_nothing(probe: Probe, comparison: Comparison, able: Collection[str]) -> bool:
    """Whether it is only told; `able` are the sweeps of which some part could be done."""
    if comparison.verdict is Verdict.NOT_RUN:
        return probe.made or (bool(probe.part_of) and probe.part_of in able)
    return not probe.binding and comparison.verdict is Verdict.DIFFERENT


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
    if second is None and probe.kind.is_sweep:
        second = first
    if first is None or second is None:
        return Comparison(probe.name, Verdict.NOT_RUN, "the original was not asked")
    if why := _unfit(probe, first):
        words = _last_words(before) if probe.name == RUN else hint(f"{first.trouble}\n{_blamed(first, before)}")
        return Comparison(probe.name, Verdict.NOT_RUN, why + words)
    if wobble := unlike(probe, first, second) or unlike(probe, second, first):
        return Comparison(probe.name, Verdict.UNSTABLE, f"the original differs from itself: {wobble}")
    if last is None:
        return Comparison(probe.name, Verdict.DIFFERENT, "not answered: the program did not start")
    found = unlike(probe, first, last)
    return Comparison(probe.name, Verdict.DIFFERENT if found else Verdict.SAME, found)


def _blamed(seen: Observation, record: RunRecord) -> str:
    """What the service itself said, where its answer is an error of its own or none."""
    return record.log if seen.error or seen.status >= _SERVERS_FAULT else ""


def _seen(record: RunRecord) -> Mapping[str, Observation]:
    return {seen.probe: seen for seen in record.observations}


def _unfit(probe: Probe, seen: Observation) -> str:
    """Why the original's own answer proves nothing."""
    if seen.error:
        return f"the original: {seen.error}"
    if probe.kind is ProbeKind.REQUEST:
        return _unfit_status(probe, seen)
    if probe.made and probe.kind is ProbeKind.COMMAND and seen.seconds > probe.timeout / 2:
        return f"the original takes {seen.seconds:.0f} s for it, too long to tell a slow answer from none"
    if probe.kind is ProbeKind.COMMAND and _unexpected(probe, seen):
        words = next(iter(seen.trouble.strip().splitlines()[-1:]), "")[:_SHOWN]
        wanted = "" if probe.made else f", {probe.expect} was expected"
        return f"the original exits with status {seen.status}{wanted}{words and ': ' + words}"
    if probe.kind is ProbeKind.IMPORTS and probe.modules and seen.status == len(probe.modules):
        return f"the original can import none of the modules: {_first_line(seen.output)}"
    return ""


def _unexpected(probe: Probe, seen: Observation) -> bool:
    """Whether a command ended otherwise than expected; one that deadweight made up may end as it likes, but crash."""
    if not probe.made:
        return seen.status != probe.expect
    return not 0 <= seen.status < _NOT_FOUND or _CRASH.search(seen.trouble) is not None


def _unfit_status(probe: Probe, seen: Observation) -> str:
    if probe.expect and seen.status != probe.expect:
        return f"the original answers {seen.status}, {probe.expect} was expected"
    if not probe.expect and seen.status >= _SERVERS_FAULT:
        advice = "" if probe.made else f"; where that is right, say so: '{probe.name} -> {seen.status}'"
        return f"the original answers {seen.status}{advice}"
    return ""


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "").replace("\t", ": ")[:_SHOWN]


def _last_words(record: RunRecord) -> str:
    """The last line of the log, and what it means where the sandbox may be what stopped the program."""
    last = next(iter(record.log.strip().splitlines()[-1:]), "")
    return f": {last[:_SHOWN]}{hint(record.log)}" if last else ""
