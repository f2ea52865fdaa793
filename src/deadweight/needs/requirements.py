"""A distribution needs those that its metadata requires, with markers and the extras that are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.facts.asked_extras import ASKED_EXTRAS
from deadweight.facts.infos import INFOS
from deadweight.facts.requirement_graph import REQUIREMENTS
from deadweight.facts.requirement_graph import Need as Requirement


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    if not path.endswith("-info"):
        return
    graph = scene.ask(REQUIREMENTS)
    for need in graph.needs.get(path, ()):
        yield Step(need.on, _says(need))
    one = scene.ask(INFOS).get(path)
    for need in graph.optional.get(path, ()) if one else ():
        if one and (one.name, need.extra) in scene.ask(ASKED_EXTRAS):
            yield Step(need.on, f"{_says(need)}, which the application asks for")


def _says(need: Requirement) -> str:
    return f"requires {need.requirement}" + (f" for its extra {need.extra}" if need.extra else "")


def _seeds(_: Scene) -> Iterable[Step]:
    return ()


NEED: Need = Need("requirements", "the distributions that a reached one requires", _seeds, _follow)
