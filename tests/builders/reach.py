"""Scenes of which it is told what is reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from builders.scenes import scene_of
from deadweight.core.closure import Closure, Step
from deadweight.core.entry import Entry
from deadweight.core.scene import Scene
from deadweight.core.trace import Entrance
from deadweight.facts.entrances import ENTRANCES
from deadweight.needs.closure import CLOSURE


def reached_scene(files: Mapping[str, bytes | Entry], reached: Iterable[str], *, known: bool = True) -> Scene:
    """A scene in which exactly these paths are members of the closure."""
    scene = scene_of(files)
    scene.learn(ENTRANCES, (Entrance(("serve",), "--run"),) if known else ())
    scene.learn(CLOSURE, Closure({path: Step(path, "is told") for path in reached}, known=known))
    return scene
