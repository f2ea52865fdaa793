"""A plan is made true beside the artifact, proven where that is wished, and put in place."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.edit import Safety
from deadweight.core.errors import UsageError
from deadweight.core.plan import Plan
from deadweight.core.proof import NO_PROOF
from deadweight.formats.output import scratch_directory
from deadweight.pipeline.making.ground import Ground
from deadweight.pipeline.making.mending import made_and_proven
from deadweight.pipeline.making.output import Output, check_free, target_format
from deadweight.pipeline.making.placing import Made, placed
from deadweight.pipeline.making.workshop import Workshop
from deadweight.pipeline.opening import Sight
from deadweight.pipeline.proving import Proving


def make(ground: Ground, plan: Plan, output: Output, looking: tuple[Sight, Proving | None]) -> Made:
    """Make the plan true beside the artifact, prove it, and put the result and its companion in place.

    Raises ProofFailed, with nothing left behind, where the result can't be made to answer as the original does.
    """
    (sight, proving), scene = looking, ground.original
    plan.bound_to(scene.artifact.digest)
    _check_safeties(plan, proven=proving is not None)
    target = target_format(scene, output)
    check_free(output, Path(scene.artifact.location))
    with scratch_directory(output.path.absolute()) as room:
        shop = Workshop(ground, sight, output, room, target)
        packed, proof = (
            made_and_proven(shop, plan.edits, proving) if proving else (shop.make(plan.edits, "result"), NO_PROOF)
        )
        return placed(shop, packed, proof)


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
