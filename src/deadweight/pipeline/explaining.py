"""Why something is in an artifact: who owns it, what leads to it, and what would cut it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.finding import Finding
from deadweight.core.paths import is_under
from deadweight.core.planning import Choice
from deadweight.core.scene import Scene
from deadweight.facts.explanation import OWNERS, Explanation, explain
from deadweight.needs.reach import Reach, reach_of
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.finding import chosen_rules, find
from deadweight.pipeline.target import Target, open_scene
from deadweight.pipeline.ways_in import acquaint


@dataclass(frozen=True, slots=True)
class Why:
    """What is said of a path or an owner, how it is reached, and the findings that touch it."""

    said: Explanation
    reach: Reach
    findings: tuple[Finding, ...]


def explained(target: Target, subject: str, choice: Choice, exercise: Exercise | None) -> Why:
    """Why the subject is there; raises UsageError, with what is near, where nothing is called so."""
    scene = open_scene(target)
    acquaint(scene, exercise)
    said = explain(scene, subject)
    if said is None:
        raise _nothing(scene, subject)
    return Why(said, reach_of(scene, said), _touching(scene, choice, said))


def _nothing(scene: Scene, subject: str) -> UsageError:
    known = [owner.split(" ")[0] for owner in scene.ask(OWNERS)]
    same = (entry.path for entry in scene.listing.entries if entry.name == Path(subject).name)
    paths = sorted(same, key=lambda path: (path.count("/"), path))
    near = (*get_close_matches(subject, known, 3), *paths[:3])
    advice = f"Did you mean {', '.join(near)}?" if near else "Owners and paths: deadweight weigh TARGET --json"
    return UsageError(f"no path and no owner is called {subject!r}", where=scene.artifact.location, advice=advice)


def _touching(scene: Scene, choice: Choice, said: Explanation) -> tuple[Finding, ...]:
    path = said.subject.strip("/")
    named = path in scene.listing or bool(said.hidden_by)
    return tuple(
        finding
        for finding in find(scene, chosen_rules(choice))
        if (any(is_under(path, one) or is_under(one, path) for one in finding.paths) if named else _of(finding, said))
    )


def _of(finding: Finding, said: Explanation) -> bool:
    return finding.owner == said.owner
