"""What edits are judged and made on: an artifact as it was opened, or as it is once its swaps are made.

A swap brings files in that nobody has judged yet: of a torch for the processor a fourth is tests, headers and test
programs. So swaps are made first, and every rule looks at what comes of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.finding import Finding
from deadweight.core.plan import Plan
from deadweight.core.planning import Choice, draw
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.core.successive_changes import in_turn
from deadweight.edits.applying import apply_all, edit_kinds
from deadweight.edits.following import following
from deadweight.edits.swap import EDIT as SWAP
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.trace import TRACE
from deadweight.formats.composed.changed import changed
from deadweight.formats.output import scratch_directory
from deadweight.owners.attribution import attribute, catalogers, metadata_globs
from deadweight.pipeline.finding import chosen_rules, find
from deadweight.pipeline.making.output import Output, target_format
from deadweight.pipeline.watch import Watch

_ASKED = "swap"
"""The option that asks for swaps, and the one rule that looks at it."""
_RULE = "lighter-equivalents"


@dataclass(frozen=True, slots=True)
class Ground:
    """What edits are judged and made on.

    `scene` is the original with the swaps made, which came to `changes`; without swaps it is the original. `findings`
    are those that asked for them.
    """

    original: Scene
    scene: Scene
    swaps: tuple[Edit, ...] = ()
    changes: Changes = field(default_factory=Changes)
    findings: tuple[Finding, ...] = ()

    def made(self, edits: Sequence[Edit], staging: Path) -> tuple[Changes, Changes]:
        """What the edits come to besides the swaps, and what they come to with them on the original."""
        later = apply_all([edit for edit in edits if edit not in self.swaps], self.scene, edit_kinds(), staging)
        if not self.swaps:
            return later, later
        listing = self.original.listing
        return later, in_turn(self.changes, later, lambda path: path in listing or path in listing.directories)

    def followed(self, edits: Sequence[Edit], *, tripwire: bool) -> tuple[Edit, ...]:
        """The swaps, the edits, and those that follow from them."""
        later = [edit for edit in edits if edit not in self.swaps]
        return (*self.swaps, *later, *following(self.scene, later, tripwire=tripwire))


def ground_of(scene: Scene) -> Ground:
    """The ground of an artifact of which nothing is swapped."""
    return Ground(scene, scene)


@contextmanager
def swapped(scene: Scene, what: Choice | Plan, output: Output, watch: Watch) -> Iterator[Ground]:
    """The ground once what a person wants swapped is; what comes in is staged beside the output and goes at the end.

    A plan's swaps are made with its other edits, which were judged without them.
    """
    if isinstance(what, Plan) or not scene.options.get(_ASKED) or not what.provable:
        yield ground_of(scene)
        return
    with scratch_directory(output.path.absolute()) as room:
        with watch.stage("swap"):
            ground = _swapped(scene, what, output, room)
        yield ground


def _swapped(scene: Scene, choice: Choice, output: Output, room: Path) -> Ground:
    findings = [one for one in find(scene, _swapping(choice)) if any(edit.kind == SWAP.name for edit in one.edits)]
    drawn = draw(findings, scene.listing, choice, (edit_kinds(), target_format(scene, output).stores))
    if not drawn.edits:
        return ground_of(scene)
    swaps = (*drawn.edits, *following(scene, drawn.edits, tripwire=False))
    changes = apply_all(swaps, scene, edit_kinds(), room)
    kept = {edit.owner for edit in drawn.edits}
    return Ground(scene, _seen(scene, changes), swaps, changes, tuple(one for one in findings if one.owner in kept))


def _swapping(choice: Choice) -> list[Rule]:
    return [rule for rule in chosen_rules(choice) if rule.name == _RULE]


def _seen(scene: Scene, changes: Changes) -> Scene:
    """The scene that comes of the changes, with what runs told of the original."""
    sources = catalogers()
    artifact = changed(scene.artifact, changes, metadata_globs(sources))
    options = {name: value for name, value in scene.options.items() if name != _ASKED}
    made = replace(
        scene, artifact=artifact, ownership=attribute(artifact.listing, sources), options=options, _answers={}
    )
    made.learn(ENTRANCES, scene.ask(ENTRANCES))
    made.learn(TRACE, scene.ask(TRACE))
    return made
