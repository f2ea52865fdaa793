"""A distribution needs those that its metadata requires, with markers and the extras that are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.facts.requirement_graph import REQUIREMENTS


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    if not path.endswith("-info"):
        return
    for need in scene.ask(REQUIREMENTS).needs.get(path, ()):
        extra = f" for its extra {need.extra}" if need.extra else ""
        yield Step(need.on, f"requires {need.requirement}{extra}")


def _seeds(_: Scene) -> Iterable[Step]:
    return ()


NEED: Need = Need("requirements", "the distributions that a reached one requires", _seeds, _follow)
