"""Scenes with a way in, and what is reached from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from builders.scenes import scene_of
from deadweight.core.closure import Step, close
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.core.trace import Entrance
from deadweight.facts.entrances import ENTRANCES

SITE = "venv/lib/python3.11/site-packages"


def entered(files: Mapping[str, bytes], command: str = "python app.py", **environment: str) -> Scene:
    """A scene of the files that is started with the command in its root."""
    scene = scene_of(files)
    scene.learn(ENTRANCES, (Entrance(tuple(command.split()), "--run", "/srv", "/srv", environment),))
    return scene


def reached(scene: Scene, needs: Iterable[Need]) -> Mapping[str, Step]:
    """What these kinds of need reach."""
    kinds = tuple(needs)
    seeds = [step for need in kinds for step in need.seeds(scene)]
    return close(seeds, lambda path: [step for need in kinds for step in need.follow(scene, path)], scene.listing)
