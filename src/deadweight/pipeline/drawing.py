"""A plan is drawn from what rules find, for one format, with the edits that follow from others."""

from __future__ import annotations

from collections.abc import Iterable

from deadweight.core.edit import Edit, Storage
from deadweight.core.finding import Finding
from deadweight.core.gap import Gap
from deadweight.core.plan import Plan
from deadweight.core.planning import Choice, draw, gone_bytes
from deadweight.core.scene import Scene
from deadweight.edits.applying import edit_kinds
from deadweight.edits.following import following
from deadweight.edits.swap import EDIT as SWAP


def make_plan(scene: Scene, findings: Iterable[Finding], choice: Choice, stores: frozenset[Storage]) -> Plan:
    """What would change, bound to the artifact's digest; nothing is touched."""
    drawn = draw(findings, scene.listing, choice, (edit_kinds(), stores))
    _note_swaps(scene, drawn.edits)
    return Plan(
        artifact=scene.artifact.digest,
        format=scene.artifact.format,
        edits=(*drawn.edits, *following(scene, drawn.edits, tripwire=choice.tripwire)),
        left_out=drawn.left_out,
        estimate=gone_bytes(scene.listing, drawn.edits),
    )


def _note_swaps(scene: Scene, edits: Iterable[Edit]) -> None:
    """Say of swaps that are not made yet that what they bring in is not judged."""
    for edit in edits:
        if edit.kind == SWAP.name:
            says = "what takes its place is judged once it is there: slim with --swap finds more to cut than this plan"
            scene.note(Gap("swap", edit.owner, says))
