"""Which files of each installed distribution have which ending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS


def _held_endings(scene: Scene) -> Mapping[str, Mapping[str, Sequence[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for distribution in scene.ask(DISTRIBUTIONS):
        info = distribution.info
        for path in distribution.files:
            _, dot, ending = path.rpartition("/")[2].rpartition(".")
            found.setdefault(dot + ending if dot else "", {}).setdefault(info, []).append(path)
    return found


HELD_ENDINGS: Fact[Mapping[str, Mapping[str, Sequence[str]]]] = Fact("held endings", _held_endings)
"""By ending as it is written, with its dot, empty for none: the sorted files of each distribution, by its dist-info."""
