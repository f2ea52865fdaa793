"""Which modules execute which as soon as they are imported, and where each module of a distribution lies."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.module_names import EXTENSIONS, module_name
from deadweight.facts.sources import SOURCES, Source


def named_sources(scene: Scene) -> Iterator[tuple[str, Source]]:
    """The sources of distributions by the dotted name of their module."""
    sites = {one.info: f"{one.site}/" for one in scene.ask(DISTRIBUTIONS)}
    for path, source in scene.ask(SOURCES).items():
        if source.distribution:
            yield module_name(path.removeprefix(sites[source.distribution])), source


def importers(named: Mapping[str, Source]) -> Mapping[str, list[str]]:
    """By each name that is imported without condition: the modules that do so."""
    found: dict[str, list[str]] = {}
    for name, source in named.items():
        for imported in _executed(name, source):
            found.setdefault(imported, []).append(name)
    return found


def _executed(module: str, source: Source) -> Iterator[str]:
    """What importing the module imports without condition: what it asks for at its top, and the packages above all."""
    for name in (module, *source.imports):
        if name != module:
            yield name
        while "." in name:
            name = name.rpartition(".")[0]
            yield name


def reaching(names: Iterable[str], importers: Mapping[str, Iterable[str]]) -> Mapping[str, str]:
    """Every module whose import leads to one of the names at any remove, with the name that it leads to."""
    found: dict[str, str] = {}
    waiting = deque((name, name) for name in names)
    while waiting:
        name, origin = waiting.popleft()
        for module in importers.get(name, ()):
            if module not in found:
                found[module] = origin
                waiting.append((module, origin))
    return found


def _hard_importers(scene: Scene) -> Mapping[str, list[str]]:
    return importers(dict(named_sources(scene)))


def _module_paths(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for distribution in scene.ask(DISTRIBUTIONS):
        root = f"{distribution.site}/" if distribution.site else ""
        for path in distribution.files:
            if path.startswith(root) and path.endswith((".py", *EXTENSIONS)):
                name = module_name(path[len(root) :])
                if name:
                    found.setdefault(name, []).append(path)
    return {name: tuple(paths) for name, paths in found.items()}


HARD_IMPORTERS: Fact[Mapping[str, list[str]]] = Fact("hard importers", _hard_importers)
"""By dotted name: the modules of distributions that can't be imported without it. Imports under `try`, `if` or in a
function do not count."""

MODULE_PATHS: Fact[Mapping[str, tuple[str, ...]]] = Fact("module paths", _module_paths)
"""The files of each module of a distribution by its dotted name: more than one where several sites have it."""
