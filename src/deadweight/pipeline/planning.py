"""Findings become a plan for one format, with the edits that follow from others."""

from __future__ import annotations

from collections.abc import Iterable

from deadweight.core.edit import Storage
from deadweight.core.finding import Finding
from deadweight.core.plan import Plan
from deadweight.core.planning import Choice, draw, gone_bytes
from deadweight.core.scene import Scene
from deadweight.edits.applying import edit_kinds
from deadweight.edits.following import following


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
