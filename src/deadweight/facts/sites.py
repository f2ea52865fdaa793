"""Which directories hold distributions."""

from __future__ import annotations

from deadweight.core.paths import parents
from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS


def _sites(scene: Scene) -> frozenset[str]:
    sites = {one.info.rpartition("/")[0] for one in scene.ask(DISTRIBUTIONS)}
    return frozenset(sites.union(*(parents(site) for site in sites), {""}))


SITES: Fact[frozenset[str]] = Fact("sites", _sites)
"""The directories that hold distributions and all above them, the root too: none of them ever goes as a whole."""
