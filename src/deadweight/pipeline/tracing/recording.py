"""A program is run on its artifact, plainly and traced: what it touched, and what the tracing cost."""

from __future__ import annotations

import shlex
import time
from dataclasses import replace
from pathlib import Path

from deadweight.core.errors import NotTraced
from deadweight.core.probe import Observation, Probe, ProbeKind, RunRecord
from deadweight.core.scene import Scene
from deadweight.core.trace import Trace
from deadweight.pipeline.proving import Proving
from deadweight.pipeline.standing import stand_for
from deadweight.pipeline.tracing.places import places_of
from deadweight.pipeline.tracing.touching import touched
from deadweight.proof.prove import check_probes, observe
from deadweight.sandbox.job import RUN
from deadweight.sandbox.tracing import traced, tracing

_AGAIN = "Only a run that comes out right says what is needed. Mend it, or do without: slim --no-trace."
_BROKEN = 500
_LINES = 5
_RUN = Probe(RUN, ProbeKind.COMMAND)
_HINTS = (
    (
        ("Network is unreachable", "name resolution", "Name or service not known", "No route to host", "EAI_AGAIN"),
        "the sandbox has no network: what it fetches must lie in the artifact",
    ),
    (
        ("Read-only file system", "EROFS"),
        "the artifact is never written to: --writable DIR gives it an empty directory",
    ),
)
_TRACED = frozenset((ProbeKind.REQUEST, ProbeKind.COMMAND))


def trace_scene(scene: Scene, proving: Proving, room: Path, *, runs: int = 1) -> Trace:
    """What so many runs of the program touched, each asked all probes; before them one runs untraced, for the cost.

    Import sweeps are left out: they touch everything. An artifact that is no tree is unpacked into `room`. Raises
    NotTraced where a run was not seen whole or a probe did not come out, Lacking where nothing can be traced.
    """
    watching = tracing(proving.settings)
    probes = tuple(probe for probe in proving.probes if probe.kind in _TRACED)
    stand = stand_for(scene.artifact, room)
    program = proving.start.on(stand) if proving.start else None
    if program is None and not probes:
        raise NotTraced("there is nothing to trace", advice="Give --run, or a probe that is no import sweep.")
    check_probes(program, probes)
    began = time.monotonic()
    _check(observe(stand, program, probes, proving.settings), probes)
    plain = time.monotonic() - began
    for _ in range(runs):
        _check(traced(stand, program, probes, watching), probes)
    return replace(
        touched(scene, watching.seen, places_of(scene.listing, stand)),
        command=shlex.join(program.command) if program else "",
        probes=tuple(probe.name for probe in probes),
        runs=runs,
        plain_seconds=plain,
        traced_seconds=watching.seen.seconds / runs,
    )


def _check(record: RunRecord, probes: tuple[Probe, ...]) -> None:
    """Raise NotTraced where the run was cut short, or a probe came out otherwise than it should."""
    why = record.error or ("" if record.started else "the program did not start")
    named = {probe.name: probe for probe in probes}
    for seen in () if why else record.observations:
        fault = _fault(named.get(seen.probe, _RUN), seen)
        why = why or (f"the probe {seen.probe!r}: {fault}" if fault else "")
    if why:
        raise NotTraced(f"the run does not count: {why}{_last_words(record)}", advice=_AGAIN)


def _fault(probe: Probe, seen: Observation) -> str:
    """What is wrong with what came out; a request that names no status is fine with any below 500."""
    if seen.error:
        return seen.error
    if probe.expect or probe.kind is ProbeKind.COMMAND:
        return "" if seen.status == probe.expect else f"status {seen.status}, {probe.expect} was expected"
    if seen.status < _BROKEN:
        return ""
    return f"status {seen.status}; where that is right, say so: '{probe.name} -> {seen.status}'"


def _last_words(record: RunRecord) -> str:
    lines = record.log.strip().splitlines()[-_LINES:]
    hints = [hint for words, hint in _HINTS if any(word in record.log for word in words)]
    return "".join(f"\n    {line[:200]}" for line in (*lines, *hints))
