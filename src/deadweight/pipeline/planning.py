"""What rules find becomes a plan for one format, with the edits that follow from others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deadweight.core.edit import Storage
from deadweight.core.finding import Finding
from deadweight.core.gap import Gap
from deadweight.core.plan import Plan
from deadweight.core.planning import Choice, draw, gone_bytes
from deadweight.core.report import Report
from deadweight.core.scene import Scene
from deadweight.core.version import VERSION
from deadweight.edits.applying import edit_kinds
from deadweight.edits.following import following
from deadweight.edits.swap import EDIT as SWAP
from deadweight.facts.composition import COMPOSITION
from deadweight.pipeline.finding import chosen_rules, find
from deadweight.pipeline.making.ground import Ground
from deadweight.pipeline.watch import Watch


def planned(ground: Ground, what: Choice | Plan, stores: frozenset[Storage], watch: Watch) -> tuple[Report, Plan]:
    """A report with what the rules find and the plan of what may be cut, before anything is made; and that plan.

    A plan that is given already is taken as it is, where it is one for this artifact. Swaps that are made already come
    first, and what they brought is judged like the rest.
    """
    before = ground.original.ask(COMPOSITION)
    if isinstance(what, Plan):
        plan = what.bound_to(ground.original.artifact.digest)
        return Report(VERSION, before, plan=plan), plan
    with watch.stage("find"):
        findings = find(ground.scene, chosen_rules(what))
    with watch.stage("plan"):
        plan = make_plan(ground.scene, findings, what, stores)
        _note_swaps(ground.scene, plan)
        gone = gone_bytes(ground.original.listing, ground.swaps)
        plan = replace(plan, edits=(*ground.swaps, *plan.edits), estimate=plan.estimate + gone)
    return Report(VERSION, before, (*ground.findings, *findings), plan), plan


def _note_swaps(scene: Scene, plan: Plan) -> None:
    """Say of swaps that are not made yet that what they bring in is not judged."""
    for edit in plan.edits:
        if edit.kind == SWAP.name:
            says = "what takes its place is judged once it is there: slim with --swap finds more to cut than this plan"
            scene.note(Gap("swap", edit.owner, says))


def make_plan(scene: Scene, findings: Iterable[Finding], choice: Choice, stores: frozenset[Storage]) -> Plan:
    """What would change, bound to the artifact's digest; nothing is touched."""
    drawn = draw(findings, scene.listing, choice, (edit_kinds(), stores))
    return Plan(
        artifact=scene.artifact.digest,
        format=scene.artifact.format,
        edits=(*drawn.edits, *following(scene, drawn.edits, tripwire=choice.tripwire)),
        left_out=drawn.left_out,
        estimate=gone_bytes(scene.listing, drawn.edits),
    )
