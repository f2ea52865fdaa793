"""What is weighed, and how it is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path

from deadweight.core.scene import Scene
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.opening import Sight
from deadweight.pipeline.opening import open_scene as scene_at

Place = str | PathLike[str]


@dataclass(frozen=True, slots=True)
class Target:
    """What is weighed, and how it is looked at: the platform of an image, limits, settings of rules, progress."""

    path: Place
    sight: Sight = field(default_factory=Sight)


def open_scene(target: Target | Place) -> Scene:
    """Open what lies at the path and give every byte of it an owner; raises Refused for what can't be opened."""
    seen = target_of(target)
    return scene_at(Path(seen.path), seen.sight)


def target_of(target: Target | Place) -> Target:
    """The target, looked at in the usual way where only its path is given."""
    return target if isinstance(target, Target) else Target(target)


def run_by(target: Target | Place, exercise: Exercise | None) -> Target:
    """The target as rules see it: they spare what the exercise runs."""
    seen = target_of(target)
    if exercise is None or not exercise.run:
        return seen
    return replace(seen, sight=replace(seen.sight, options={"run": exercise.run, **seen.sight.options}))
