"""Distributions that watched runs did not use, or loaded only because they are there; that nothing requires, and the
application does not name.

Libraries make use of many others where they are there, and say so in no more than an extra of their metadata, or not
at all: pandas draws with matplotlib, transformers looks whether pandas is there. Such a look is no need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from deadweight.core.owner import OwnerKind
from deadweight.core.paths import parents
from deadweight.core.scene import Fact, Scene
from deadweight.facts.asked_extras import ASKED_DISTRIBUTIONS, ASKED_EXTRAS
from deadweight.facts.chance_imports import CHANCE_IMPORTS
from deadweight.facts.distributions import HOLDERS, Distribution
from deadweight.facts.infos import INFOS
from deadweight.facts.named_distributions import named_distributions
from deadweight.facts.requirement_graph import REQUIREMENTS
from deadweight.facts.run_files import RUN_FILES
from deadweight.facts.trace import TRACE

_ABOUT = re.compile(r"\.(?:dist|egg)-info(?:/|$)")
_REQUESTED = "REQUESTED"
"""What installers leave beside the metadata of what a person asked for by name (PEP 376)."""


def _optional(scene: Scene) -> Mapping[str, str]:
    infos = scene.ask(INFOS)
    if scene.ask(TRACE) is None:
        return {}
    needed = _needed(scene, _used(scene))
    left = (one for info, one in infos.items() if info not in needed and _is_plain(scene, one))
    return {path: one.info for one in left for path in _places(scene, one)}


def _used(scene: Scene) -> set[str]:
    """What the application names, and what ran for another reason than that it is there: it was asked for, for one."""
    infos, asked = scene.ask(INFOS), scene.ask(ASKED_DISTRIBUTIONS)
    chance = scene.ask(CHANCE_IMPORTS).chance
    named = set(named_distributions(scene, infos))
    own = chance.get("", frozenset())
    taken = {other for info, others in chance.items() if info for other in others} - own
    taken = {one for one in taken if infos[one].name not in asked and f"{one}/{_REQUESTED}" not in scene.listing}
    return named | (set(_ran(scene)) - taken)


def _needed(scene: Scene, used: set[str]) -> frozenset[str]:
    """What those need: by their metadata, for extras that are asked for, and by imports without condition."""
    graph, hard = scene.ask(REQUIREMENTS), scene.ask(CHANCE_IMPORTS).hard
    needed = graph.closure(used)
    while more := {
        one
        for one in (*_asked(scene, needed), *(other for info in needed for other in hard.get(info, ())))
        if one not in needed
    }:
        needed = graph.closure({*needed, *more})
    return needed


def _ran(scene: Scene) -> Iterator[str]:
    """Of which something else than its metadata was opened, run or mapped."""
    holders = scene.ask(HOLDERS)
    return (holders[path] for path in scene.ask(RUN_FILES) if path in holders and not _ABOUT.search(path))


def _asked(scene: Scene, needed: frozenset[str]) -> Iterator[str]:
    """What needed ones take for extras that the application asks for."""
    infos, graph, asked = scene.ask(INFOS), scene.ask(REQUIREMENTS), scene.ask(ASKED_EXTRAS)
    for info in needed:
        for need in graph.optional.get(info, ()):
            if (infos[info].name, need.extra) in asked:
                yield need.on


def _is_plain(scene: Scene, one: Distribution) -> bool:
    """Whether it is one that pip installed, with modules: neither part of the system's Python nor a bare plug-in."""
    return bool(one.files and one.modules) and scene.ownership.of(one.files[0]).kind is OwnerKind.DISTRIBUTION


def _places(scene: Scene, one: Distribution) -> Iterator[str]:
    """Its files, the directories that are its own, its metadata."""
    yield one.info
    top = f"{one.site}/" if one.site else ""
    for path in one.files:
        yield path
        yield from (above for above in parents(path) if above.startswith(top) and above not in scene.ask(HOLDERS))


OPTIONAL: Fact[Mapping[str, str]] = Fact("optional distributions", _optional)
"""Each path of such a distribution, its directories too, with the dist-info; empty where no run was watched."""
