"""A source that is imported needs its bytecode beside it: without it every start compiles it again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.core.seams import Need


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    if not path.endswith(".py"):
        return
    directory, _, name = path.rpartition("/")
    cache = f"{directory}/__pycache__" if directory else "__pycache__"
    if cache in scene.listing.directories:
        stem = f"{cache}/{name.removesuffix('.py')}."
        for found in _beginning(scene, cache, stem):
            yield Step(found, "is its bytecode")


def _beginning(scene: Scene, cache: str, stem: str) -> Iterator[str]:
    inside = scene.listing.paths_under(cache)
    for path in islice(inside, bisect_left(inside, stem), None):
        if not path.startswith(stem):
            return
        yield path


def _seeds(_: Scene) -> Iterable[Step]:
    return ()


NEED: Need = Need("bytecode", "the bytecode of reached sources", _seeds, _follow)
