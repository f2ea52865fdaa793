"""Which modules of libraries need a development tool as soon as they are imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.known_tools import category
from deadweight.facts.module_names import module_name
from deadweight.facts.sources import SOURCES, Source


def _tool_modules(scene: Scene) -> Mapping[str, frozenset[str]]:
    by_info = {one.info: one for one in scene.ask(DISTRIBUTIONS)}
    tools = {info: one for info, one in by_info.items() if category(one.name)}
    named = {name: source for name, source in _named(scene, by_info) if source.distribution not in tools}
    importers: dict[str, list[str]] = {}
    for name, source in named.items():
        for imported in _executed(name, source):
            importers.setdefault(imported, []).append(name)
    needing: dict[str, set[str]] = {}
    for info, tool in tools.items():
        for module in _reaching(tool.modules, importers):
            needing.setdefault(module, set()).add(info)
    return {module: frozenset(infos) for module, infos in needing.items() if module in named}


def _named(scene: Scene, by_info: Mapping[str, Distribution]) -> Iterator[tuple[str, Source]]:
    for path, source in scene.ask(SOURCES).items():
        if source.distribution:
            site = by_info[source.distribution].site
            yield module_name(path.removeprefix(f"{site}/")), source


def _executed(module: str, source: Source) -> Iterator[str]:
    """What importing the module imports without condition: what it asks for at its top, and the packages above all."""
    for name in (module, *source.imports):
        if name != module:
            yield name
        while "." in name:
            name = name.rpartition(".")[0]
            yield name


def _reaching(tool: Iterable[str], importers: Mapping[str, Iterable[str]]) -> set[str]:
    """Every module whose import leads to one of the names, at any remove."""
    found: set[str] = set()
    waiting = list(tool)
    while waiting:
        for module in importers.get(waiting.pop(), ()):
            if module not in found:
                found.add(module)
                waiting.append(module)
    return found


def _test_importers(scene: Scene) -> frozenset[str]:
    by_info = {one.info: one for one in scene.ask(DISTRIBUTIONS)}
    named = dict(_named(scene, by_info))
    found = ((module, test_packages(source.imports)) for module, source in named.items())
    return frozenset(module for module, packages in found if any(package not in named for package in packages))


TEST_IMPORTERS: Fact[frozenset[str]] = Fact("test importers", _test_importers)
"""The modules that import a test package at their top: what that needs is not known, for tests are not read."""

TOOL_MODULES: Fact[Mapping[str, frozenset[str]]] = Fact("tool modules", _tool_modules)
"""By dotted name: the dist-info of the tools without which the module cannot be imported (pandas' test decorators need
pytest). Imports under `try`, `if` or in a function do not count."""
