"""The core list tried: a fresh environment of it, the project's checks there and with all that it has, compared.

What turns out to be missing is put back, and all is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from deadweight.core.proof import NO_PROOF, Proof, Verdict
from deadweight.dependencies.lists import CORE
from deadweight.dependencies.missing import missing
from deadweight.dependencies.returning import gone_from_core, returned_to_core
from deadweight.dependencies.split_outcome import Returned, Trial
from deadweight.pipeline.dependencies.asking_both import Known, Questions, compared, known, questions
from deadweight.pipeline.dependencies.core_environment import CoreEnvironment
from deadweight.pipeline.dependencies.judging import Judged
from deadweight.pipeline.dependencies.split_order import Lists
from deadweight.pipeline.dependencies.stands import grounds
from deadweight.pipeline.exercise import Exercise
from deadweight.proof.comparison import spoiled

_MOST = 24
_NO_ENVIRONMENT = "the project has no environment with a Python to compare with: name one with --environment"


@dataclass(frozen=True, slots=True)
class Bench:
    """The project on both grounds, what it is asked, and what it does with all that it has."""

    judged: Judged
    made: CoreEnvironment
    asked: Questions
    before: Known


def tried(made: CoreEnvironment, judged: Judged, lists: Lists, exercise: Exercise) -> tuple[Lists, Trial]:
    """The lists as the proof leaves them, and the proof; the verdict is DIFFERENT where nothing put back helps.

    Raises as `Uv.run` does, and as a proof does where nothing can be run at all.
    """
    ground = grounds(judged.folder, judged.project, made.room)
    if ground is None:
        return lists, Trial(replace(NO_PROOF, why_not_run=_NO_ENVIRONMENT), 0, 0)
    asked = questions(judged.project, exercise, ground)
    if not asked.probes and not asked.program.command:
        return lists, Trial(replace(NO_PROOF, unproven=asked.unproven), ground.before_bytes, 0)
    placed = made.on(ground)
    placed.begin()
    bench = Bench(judged, placed, asked, known(asked, ground.before))
    return _until_same(bench, lists)


def _until_same(bench: Bench, lists: Lists) -> tuple[Lists, Trial]:
    back: list[Returned] = []
    proof = _proven(bench, lists)
    for _ in range(_MOST):
        lacking = _lacking(bench, lists, proof)
        if not lacking:
            break
        back += lacking
        lists = _with(bench, lists, lacking)
        proof = _proven(bench, lists)
    return lists, Trial(proof, bench.made.before_bytes, bench.made.weight(), tuple(back))


def _proven(bench: Bench, lists: Lists) -> Proof:
    bench.made.fill(lists)
    return compared(bench.asked, bench.before, bench.made.after)


def _lacking(bench: Bench, lists: Lists, proof: Proof) -> tuple[Returned, ...]:
    """What is to be put back: what the surest of the differences name, else all that has left the core."""
    if proof.verdict is not Verdict.DIFFERENT:
        return ()
    first = proof.first_difference
    probe = first.probe if first else ""
    whole = bench.judged.project.environment
    there = {pin.name for pin in lists.locks[CORE].pins} if CORE in lists.locks else set()
    for found in missing(_said(bench, proof), whole) if whole else ():
        new = {name: Returned(name, module, probe) for name, module in found if name not in there}
        if new:
            return tuple(new.values())
    return tuple(Returned(name, "", probe) for name in gone_from_core(lists.split))


def _said(bench: Bench, proof: Proof) -> Iterator[str]:
    """All that the run with the core list says of what came out different."""
    before = {seen.probe: seen for seen in bench.before.first.observations}
    after = {seen.probe: seen for seen in proof.after.observations} if proof.after else {}
    for one in proof.comparisons:
        if one.verdict is Verdict.DIFFERENT:
            yield one.difference
            if (was := before.get(one.probe)) and (now := after.get(one.probe)):
                yield from (now.trouble, now.error, *spoiled(was.output, now.output).values())
    if proof.after:
        yield from (proof.after.error, proof.after.log)


def _with(bench: Bench, lists: Lists, lacking: Sequence[Returned]) -> Lists:
    """The lists with these in the core, and the core locked anew."""
    project = bench.judged.project
    parts = lists.split
    for one in lacking:
        what = f"the module {one.module}" if one.module else "something that is not in the core list"
        note = f"put back: {one.probe} misses {what}"
        parts = returned_to_core(parts, one.name, note, (project.declarations, project.environment))
    return bench.made.resolved(replace(lists, split=parts))
