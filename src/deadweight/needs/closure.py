"""The closure of a scene: every kind of need is followed from the ways in until nothing is added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from deadweight.core.closure import Closure, Step, close_in_turn
from deadweight.core.errors import DeadweightError
from deadweight.core.gap import Gap
from deadweight.core.plugins import found, named
from deadweight.core.scene import Fact, Scene
from deadweight.core.seams import Need
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.texts_ahead import begin_texts
from deadweight.needs.optional import Optional


def needs() -> tuple[Need, ...]:
    """Every kind of need, ours and those of third parties, by name."""
    return tuple(need for _, need in sorted(named(found("deadweight.needs", "NEED", Need)).items()))


def _closure(scene: Scene) -> Closure:
    if not scene.ask(ENTRANCES):
        return Closure(known=False)
    asking = _Asking(scene, needs(), Optional(scene))
    begin_texts(scene)
    found = close_in_turn(asking.steps(""), asking.steps, scene.listing, asking.optional.is_wanted)
    return replace(found, known=not asking.failed)


@dataclass(slots=True)
class _Asking:
    """All kinds of need, asked one after the other; where one fails not everything that is reached is known."""

    scene: Scene
    kinds: tuple[Need, ...]
    optional: Optional
    failed: bool = False
    given: set[str] = field(default_factory=set)
    """The paths of steps that were taken: what else leads there adds nothing, and most imports are of such."""

    def steps(self, path: str) -> Iterator[Step]:
        """What the path needs, the seeds for none."""
        return (step for need in self.kinds for step in self._of(need, path))

    def _of(self, need: Need, path: str) -> Iterator[Step]:
        try:
            for step in need.follow(self.scene, path) if path else need.seeds(self.scene):
                if step.path in self.given:
                    continue
                said = Step(step.path, step.says, step.because or path, need.name)
                if self.optional.is_optional(said):
                    yield Step(said.path, said.says, said.because, said.need, optional=True)
                else:
                    self.given.add(step.path)
                    yield said
        except DeadweightError:
            raise
        except Exception as fault:  # noqa: BLE001  a plug-in may fail in any way, and the others still look
            self.failed = True
            where = path or need.name
            self.scene.note(Gap("closure", where, f"{need.name} failed: {type(fault).__name__}: {fault}"))


CLOSURE: Fact[Closure] = Fact("closure", _closure)
"""What the ways in, and what the runs touched, need at any remove."""
