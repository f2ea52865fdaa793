"""Every rule looks, and what they find becomes the plan that a report shows."""

from __future__ import annotations

from dataclasses import replace

from deadweight.core.edit import Storage
from deadweight.core.plan import Plan
from deadweight.core.planning import Wanted, gone_bytes
from deadweight.core.report import Report
from deadweight.core.version import VERSION
from deadweight.facts.composition import COMPOSITION
from deadweight.pipeline.drawing import make_plan
from deadweight.pipeline.finding import chosen_rules, find
from deadweight.pipeline.making.ground import Ground
from deadweight.pipeline.watch import Watch


def planned(ground: Ground, what: Wanted, stores: frozenset[Storage], watch: Watch) -> tuple[Report, Plan]:
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
        gone = gone_bytes(ground.original.listing, ground.swaps)
        plan = replace(plan, edits=(*ground.swaps, *plan.edits), estimate=plan.estimate + gone)
    return Report(VERSION, before, (*ground.findings, *findings), plan), plan
