"""Each installed distribution by its metadata."""

from __future__ import annotations

from collections.abc import Mapping

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution


def _infos(scene: Scene) -> Mapping[str, Distribution]:
    return {one.info: one for one in scene.ask(DISTRIBUTIONS)}


INFOS: Fact[Mapping[str, Distribution]] = Fact("infos", _infos)
"""The distributions by their dist-info."""
