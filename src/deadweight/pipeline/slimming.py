"""A plan is made true on a copy, proven, and put in place; what breaks the proof is taken out again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit, Safety
from deadweight.core.errors import ProofFailed, UsageError
from deadweight.core.level import Level
from deadweight.core.paths import MAX_COMPONENT
from deadweight.core.plan import Plan
from deadweight.core.proof import NO_PROOF, Proof, Undone, Verdict
from deadweight.core.scene import Scene
from deadweight.core.seams import Format, Packing
from deadweight.edits.applying import apply_all, edit_kinds
from deadweight.edits.following import following
from deadweight.edits.tripwire import KIND as TRIPWIRE
from deadweight.formats.companion import write_companion
from deadweight.formats.images.pull_by_shape import pull_by_shape
from deadweight.formats.output import put_in_place, refuse_inside, scratch_directory
from deadweight.formats.recognition import format_named
from deadweight.pipeline.finding import rules
from deadweight.pipeline.opening import Sight, open_scene
from deadweight.pipeline.proving import Baseline, Proving, compare, known_of, stand_for
from deadweight.pipeline.trials import culprits

MOST_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Output:
    """Where the result goes, in which format (empty for the artifact's own), and whether a companion is kept.

    `base` is where an image lies whose layers those who pull the result have, empty for none. With `from_scratch` a
    tree of this host becomes an image with all that it needs of the system.
    """

    path: Path
    format: str = ""
    packing: Packing = field(default_factory=Packing)
    companion: bool = True
    base: str = ""
    from_scratch: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """The result in place: opened again, its edits, its proof, and the companion archive.

    `shapes` are the bytes to pull of each shape that it could have, by one who has the stated base; empty without one.
    """

    scene: Scene
    edits: tuple[Edit, ...]
    proof: Proof
    companion: Path | None
    shapes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Packed:
    """One result, not yet in place: the edits it was made with and what they came to."""

    edits: tuple[Edit, ...]
    path: Path
    changes: Changes


@dataclass(frozen=True, slots=True)
class _Workshop:
    """What every trial needs: the original, how to look, where to go, and a room of its own."""

    scene: Scene
    sight: Sight
    output: Output
    room: Path
    target: Format

    def make(self, edits: Sequence[Edit], name: str) -> _Packed:
        """Pack the original with the edits made into a corner of the room."""
        corner = self.room / name
        staging = corner / "staging"
        staging.mkdir(parents=True)
        changes = apply_all(edits, self.scene, edit_kinds(), staging)
        made = corner / self.output.path.name
        pack = self.target.pack
        assert pack is not None, "checked when the target was chosen"
        pack(self.scene.artifact, changes, made, replace(self.output.packing, note=self.scene.note))
        return _Packed(tuple(edits), made, changes)

    def prove(self, packed: _Packed, known: Baseline, proving: Proving) -> Proof:
        """Run the packed result and compare it with the original."""
        artifact = open_scene(packed.path, self.sight).artifact
        stand = stand_for(artifact, packed.path.parent, Path(self.scene.artifact.location).absolute())
        return compare(known, stand, proving)


def target_format(scene: Scene, output: Output) -> Format:
    """The format to write, where it can take this artifact; else UsageError."""
    usual = "oci-layout" if output.from_scratch else scene.artifact.format
    target = format_named(output.format or usual)
    if target.pack is None or scene.artifact.format not in target.packs:
        raise UsageError(
            f"a {scene.artifact.format} can't be written as {target.name}",
            where=str(output.path),
            advice="Leave --to out to keep the artifact's own format.",
        )
    return target


def slim(scene: Scene, plan: Plan, output: Output, looking: tuple[Sight, Proving | None]) -> Made:
    """Make the plan true beside the artifact, prove it, and put the result and its companion in place.

    Raises ProofFailed, with nothing left behind, where the result can't be made to answer as the original does.
    """
    sight, proving = looking
    plan.bound_to(scene.artifact.digest)
    _check_safeties(plan, proven=proving is not None)
    target = target_format(scene, output)
    check_free(output, Path(scene.artifact.location))
    with scratch_directory(output.path.absolute()) as room:
        shop = _Workshop(scene, sight, output, room, target)
        packed, proof = _proven(shop, plan.edits, proving) if proving else (shop.make(plan.edits, "result"), NO_PROOF)
        return _placed(shop, packed, proof)


def _check_safeties(plan: Plan, *, proven: bool) -> None:
    """Raise UsageError for a plan with edits that are never made, or not without a proof."""
    allowed = {Safety.SAFE, Safety.PROVEN, Safety.LOSSY} if proven else {Safety.SAFE}
    refused = [edit for edit in plan.edits if edit.safety not in allowed]
    if refused:
        first = refused[0]
        never = first.safety is Safety.SUGGESTED
        raise UsageError(
            f"{len(refused)} of the plan's edits can't be made so, the first {first.safety}: {first.paths[0]!r}",
            where=first.rule,
            advice="Suggested edits are never made: take them out."
            if never
            else "They are made only with a proof: give --run and --probe, or plan with --allow safe.",
        )


def check_free(output: Output, target: Path) -> None:
    """Raise UsageError where the output can't lie: something is there, its directory is not, or is the input's."""
    out = output.path
    if not out.name:
        raise UsageError("it is a directory that is already there", where=str(out), advice="Name another output.")
    if not out.absolute().parent.is_dir():
        raise UsageError("its directory is not there", where=str(out), advice=f"mkdir -p {out.absolute().parent}")
    for taken in (out, companion_path(out)) if output.companion else (out,):
        if len(os.fsencode(taken.name)) > MAX_COMPONENT:
            raise UsageError(f"its name has more than {MAX_COMPONENT} bytes", where=str(taken), advice="Shorten it.")
        if os.path.lexists(taken):
            raise UsageError("it is already there", where=str(taken), advice="Name another output, or remove it.")
    refuse_inside(out, target)


def companion_path(out: Path) -> Path:
    """Where the companion archive of a result lies: beside it."""
    return out.with_name(out.name + ".removed.tar.zst")


def _placed(shop: _Workshop, packed: _Packed, proof: Proof) -> Made:
    shapes = _shapes(shop, packed.changes) if shop.output.base else {}
    companion = None
    if shop.output.companion and packed.changes:
        companion = companion_path(shop.output.path)
        reasons = {path: (edit.rule, edit.owner) for edit in packed.edits for path in edit.paths}
        write_companion(shop.scene.artifact, packed.changes, reasons, companion)
    try:
        put_in_place(packed.path, shop.output.path)
    except BaseException:  # whatever it was, a companion of nothing helps nobody
        if companion:
            companion.unlink(missing_ok=True)
        raise
    return Made(open_scene(shop.output.path, shop.sight), packed.edits, proof, companion, shapes)


def _shapes(shop: _Workshop, changes: Changes) -> Mapping[str, int]:
    """What is pulled of each shape by one who has the base."""
    packing = shop.output.packing
    sizes = pull_by_shape(shop.scene.artifact, changes, packing, packing.base)
    return {str(shape): size for shape, size in sizes.items() if size is not None}


def _proven(shop: _Workshop, edits: tuple[Edit, ...], proving: Proving) -> tuple[_Packed, Proof]:
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


def _mended(shop: _Workshop, broken: _Packed, failed: tuple[Baseline, Proving, Proof]) -> tuple[_Packed, Proof]:
    """Find what broke it, take that out, prove again; another probe may then show what the first one hid."""
    known, proving, proof = failed
    undone: tuple[Undone, ...] = ()
    packed = broken
    for place in count(1):
        _remove(packed.path)
        trying = shop.room / f"trying-{place}"
        trying.mkdir()
        kept, blamed = culprits(shop.scene, trying, (packed.edits, packed.changes), (known, proving, proof))
        shutil.rmtree(trying, ignore_errors=True)
        undone += blamed
        packed = shop.make((*kept, *_following(shop.scene, kept, packed.edits)), f"mended-{place}")
        again = shop.prove(packed, known, proving)
        if again.verdict is Verdict.SAME:
            return packed, replace(again, undone=undone)
        if again.verdict is not Verdict.DIFFERENT or not blamed or place == MOST_ROUNDS:
            break
        proof = again
    return _retreated(shop, packed, (known, proving, again), undone)


def _retreated(
    shop: _Workshop, broken: _Packed, failed: tuple[Baseline, Proving, Proof], undone: tuple[Undone, ...]
) -> tuple[_Packed, Proof]:
    """Where no edit is to blame alone, a level of cutting is given up whole, the furthest first."""
    known, proving, proof = failed
    levels = {plugin.value.name: plugin.value.level for plugin in rules()}
    packed = broken
    for level in (Level.TIGHT, Level.BALANCED):
        kept = [edit for edit in packed.edits if edit.rule and not levels.get(edit.rule, Level.SAFE).reaches(level)]
        gone = [edit for edit in packed.edits if edit.rule and edit not in kept]
        told = next((one for one in proof.comparisons if one.verdict is Verdict.DIFFERENT), None)
        if not gone or told is None:
            continue
        why = f"all cuts of the level {level} were given up: {told.difference}"
        undone += tuple(Undone(edit, told.probe, why) for edit in gone)
        _remove(packed.path)
        packed = shop.make((*kept, *_following(shop.scene, kept, packed.edits)), f"without-{level}")
        proof = shop.prove(packed, known, proving)
        if proof.verdict is Verdict.SAME:
            return packed, replace(proof, undone=undone)
    raise ProofFailed(
        f"the result answers differently: {reason(proof)}",
        advice="Taking out edits did not mend it. Nothing was written. See --keep and --ignore.",
    )


def _following(scene: Scene, kept: Sequence[Edit], before: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits that follow from those kept: RECORDs, and tripwires where the plan had them."""
    tripped = any(edit.kind == TRIPWIRE for edit in before)
    return following(scene, kept, tripwire=tripped)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
