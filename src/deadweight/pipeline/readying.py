"""An artifact is opened and watched, and composed where it is to be an image from scratch: ready to be cut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from deadweight.core.planning import Wanted
from deadweight.core.report import Composition
from deadweight.core.scene import Scene
from deadweight.facts.composition import COMPOSITION
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.making.output import Output, target_format
from deadweight.pipeline.scratch.alike import from_scratch
from deadweight.pipeline.target import Target, open_scene
from deadweight.pipeline.tracing.watching import watched
from deadweight.pipeline.watch import Watch
from deadweight.pipeline.ways_in import acquaint

if TYPE_CHECKING:
    from deadweight.pipeline.proving import Proving


@dataclass(frozen=True, slots=True)
class Ready:
    """A scene that knows what is run of it, and the proof that its cuts are held to; `opened` is what was opened."""

    scene: Scene
    proving: Proving | None
    opened: Composition


def readied(target: Target, running: tuple[Exercise | None, Wanted], watch: Watch, output: Output) -> Ready:
    """The artifact as cuts are judged on it; from scratch it is an image, composed of the tree that was opened.

    An output that can't be written is told before anything is run.
    """
    exercise, what = running
    with watch.stage("open and attribute"):
        scene = open_scene(target)
    target_format(scene, output)
    with watch.stage("trace"):
        exercise = watched(scene, exercise, what)
    opened = scene.ask(COMPOSITION)
    if output.from_scratch:
        with watch.stage("compose and trace"):
            scene = from_scratch(scene, exercise, target.sight)
            exercise = watched(scene, replace(exercise, trace=None) if exercise else None, what)
    wish = proving(exercise, scene.artifact, scene.progress) if exercise else None
    acquaint(scene, exercise)
    return Ready(scene, wish, opened)
