"""A module that looks entry points up needs the modules of every distribution that offers some to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from deadweight.core.closure import Step
from deadweight.core.scene import Fact, Scene
from deadweight.core.seams import Need
from deadweight.facts.distributions import DISTRIBUTIONS, HOLDERS
from deadweight.facts.infos import INFOS
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.python_text import PythonText
from deadweight.facts.python_texts import PYTHON_TEXTS
from deadweight.facts.tools import TOOL_BOUND

_SCRIPTS = frozenset({"console_scripts", "gui_scripts"})


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    text = scene.ask(PYTHON_TEXTS).of(path)
    if text is None or not text.plugged:
        return
    offered = scene.ask(OFFERED)
    stated = [group for group in sorted(offered) if group in text.texts]
    for group in stated or _own(scene, path, offered, text):
        for name, target in offered[group]:
            yield from _module(scene, path, target, f"is the entry point {name} of the group {group}")


def _own(scene: Scene, path: str, groups: Iterable[str], text: PythonText) -> Iterator[str]:
    """The groups named after the distribution that the module is of, where it does not say which it looks up."""
    one = scene.ask(INFOS).get(scene.ask(HOLDERS).get(path, ""))
    names = set(one.modules) | {one.name} if one else {path.partition("/")[0]}
    for group in sorted(groups):
        if any(group == name or group.startswith((f"{name}.", f"{name}_", f"{name}-")) for name in names if name):
            yield group


def _module(scene: Scene, path: str, target: str, says: str) -> Iterator[Step]:
    bound = scene.ask(TOOL_BOUND)
    found = scene.ask(MODULE_PATH).resolve(target.partition(":")[0].partition("[")[0].strip())
    if bound.holds(path) or not any(bound.holds(one) for one in found.paths):
        yield from (Step(one, says) for one in found.paths)


def _offered(scene: Scene) -> Mapping[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for one in scene.ask(DISTRIBUTIONS):
        for group, points in one.entry_points.items():
            if group not in _SCRIPTS:
                found.setdefault(group, []).extend(points.items())
    return {group: tuple(points) for group, points in found.items()}


OFFERED: Fact[Mapping[str, tuple[tuple[str, str], ...]]] = Fact("offered entry points", _offered)
"""The entry points of all distributions by group, each its name and its target; scripts left out."""


def _seeds(_: Scene) -> Iterable[Step]:
    return ()


NEED: Need = Need("entry-points", "the modules of entry points that a reached module looks up", _seeds, _follow)
