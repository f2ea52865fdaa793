"""What a person wants swapped is swapped before anything is judged.

A swap brings files in that nobody has judged yet: of a torch for the processor a fourth is tests, headers and test
programs. So swaps are made first, and every rule looks at what comes of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deadweight.core.planning import Choice, Wanted, draw
from deadweight.core.scene import Scene
from deadweight.edits.applying import apply_all, edit_kinds
from deadweight.edits.following import following
from deadweight.edits.swap import EDIT as SWAP
from deadweight.formats.output import scratch_directory
from deadweight.pipeline.finding import chosen_rules, find
from deadweight.pipeline.making.changed_scene import changed_scene
from deadweight.pipeline.making.ground import Ground, ground_of
from deadweight.pipeline.making.output import Output, target_format
from deadweight.pipeline.watch import Watch

_ASKED = "swap"
"""The option that asks for swaps, and the one rule that looks at it."""
_RULE = "lighter-equivalents"


@contextmanager
def swapped(scene: Scene, what: Wanted, output: Output, watch: Watch) -> Iterator[Ground]:
    """The ground once what a person wants swapped is; what comes in is staged beside the output and goes at the end.

    A plan's swaps are made with its other edits, which were judged without them.
    """
    if not isinstance(what, Choice) or not scene.options.get(_ASKED) or not what.provable:
        yield ground_of(scene)
        return
    with scratch_directory(output.path.absolute()) as room:
        with watch.stage("swap"):
            ground = _swapped(scene, what, output, room)
        yield ground


def _swapped(scene: Scene, choice: Choice, output: Output, room: Path) -> Ground:
    looking = [rule for rule in chosen_rules(choice) if rule.name == _RULE]
    findings = [one for one in find(scene, looking) if any(edit.kind == SWAP.name for edit in one.edits)]
    drawn = draw(findings, scene.listing, choice, (edit_kinds(), target_format(scene, output).stores))
    if not drawn.edits:
        return ground_of(scene)
    swaps = (*drawn.edits, *following(scene, drawn.edits, tripwire=False))
    changes = apply_all(swaps, scene, edit_kinds(), room)
    kept = {edit.owner for edit in drawn.edits}
    return Ground(
        scene,
        changed_scene(scene, changes, _ASKED),
        swaps,
        changes,
        tuple(one for one in findings if one.owner in kept),
    )
