"""A file of a distribution needs its metadata: versions and entry points are looked up there by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.infos import INFOS


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    info = scene.ask(HOLDERS).get(path)
    if info is not None and info != path:
        yield Step(info, "is the metadata of its distribution")
    if path in scene.ask(INFOS):
        for inner in scene.listing.paths_under(path):
            yield Step(inner, "is part of the metadata")


def _seeds(_: Scene) -> Iterable[Step]:
    return ()


NEED: Need = Need("distribution", "the metadata of the distribution that a reached file belongs to", _seeds, _follow)
