"""A result is proven, and what breaks the proof is taken out again."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from deadweight.core.edit import Edit
from deadweight.core.errors import ProofFailed
from deadweight.core.level import Level
from deadweight.core.proof import Proof, Undone, Verdict
from deadweight.pipeline.finding import rules
from deadweight.pipeline.making.trials import culprits
from deadweight.pipeline.making.workshop import Packed, Workshop, remove
from deadweight.pipeline.opening import open_scene
from deadweight.pipeline.proving import Baseline, Proving
from deadweight.pipeline.questions import known_of
from deadweight.pipeline.standing import stand_for

MOST_ROUNDS = 4


def made_and_proven(shop: Workshop, edits: tuple[Edit, ...], proving: Proving) -> tuple[Packed, Proof]:
    """A result that does as the original does, and the proof; raises ProofFailed where none of the ways leads there."""
    packed = shop.make(edits, "first")
    stand = stand_for(shop.scene.artifact, shop.room)
    known = known_of(shop.scene, open_scene(packed.path, shop.sight), (stand, proving))
    proof = shop.prove(packed, known, proving)
    if proof.verdict is Verdict.DIFFERENT:
        return _mended(shop, packed, (known, proving, proof))
    if proof.verdict is not Verdict.SAME:
        raise ProofFailed(f"nothing could be proven: {reason(proof)}", advice="Nothing was written.")
    return packed, proof


def reason(proof: Proof) -> str:
    """Why a proof is not *same*, in words."""
    for comparison in proof.comparisons:
        if comparison.verdict is proof.verdict:
            return f"{comparison.probe}: {comparison.difference or comparison.verdict}"
    return proof.why_not_run


def _mended(shop: Workshop, broken: Packed, failed: tuple[Baseline, Proving, Proof]) -> tuple[Packed, Proof]:
    """Find what broke it, take that out, prove again; another probe may then show what the first one hid."""
    known, proving, proof = failed
    undone: tuple[Undone, ...] = ()
    packed = broken
    for place in count(1):
        remove(packed.path)
        trying = shop.room / f"trying-{place}"
        trying.mkdir()
        kept, blamed = culprits(shop.ground, trying, (packed.edits, packed.later), (known, proving, proof))
        shutil.rmtree(trying, ignore_errors=True)
        undone += blamed
        packed = shop.make_again(kept, packed, f"mended-{place}")
        again = shop.prove(packed, known, proving)
        if again.verdict is Verdict.SAME:
            return packed, replace(again, undone=undone)
        if again.verdict is not Verdict.DIFFERENT or not blamed or place == MOST_ROUNDS:
            break
        proof = again
    return _retreated(shop, packed, (known, proving, again), undone)


def _retreated(
    shop: Workshop, broken: Packed, failed: tuple[Baseline, Proving, Proof], undone: tuple[Undone, ...]
) -> tuple[Packed, Proof]:
    """Where no edit is to blame alone, a level of cutting is given up whole, the furthest first."""
    known, proving, proof = failed
    packed = broken
    for level in (Level.TIGHT, Level.BALANCED):
        kept, gone = _split_at(level, packed.edits)
        told = next((one for one in proof.comparisons if one.verdict is Verdict.DIFFERENT), None)
        if not gone or told is None:
            continue
        why = f"all cuts of the level {level} were given up: {told.difference}"
        undone += tuple(Undone(edit, told.probe, why) for edit in gone)
        remove(packed.path)
        packed = shop.make_again(kept, packed, f"without-{level}")
        proof = shop.prove(packed, known, proving)
        if proof.verdict is Verdict.SAME:
            return packed, replace(proof, undone=undone)
    raise ProofFailed(
        f"the result answers differently: {reason(proof)}",
        advice="Taking out edits did not mend it. Nothing was written. See --keep and --ignore.",
    )


def _split_at(level: Level, edits: Iterable[Edit]) -> tuple[list[Edit], list[Edit]]:
    """The edits of rules below the level, and those of it and beyond; what followed from others is of neither."""
    levels = {plugin.value.name: plugin.value.level for plugin in rules()}
    cutting = [edit for edit in edits if edit.rule]
    gone = [edit for edit in cutting if levels.get(edit.rule, Level.SAFE).reaches(level)]
    return [edit for edit in cutting if edit not in gone], gone
