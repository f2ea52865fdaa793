"""Which modules of libraries need a development tool as soon as they are imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.imported_tests import test_packages
from deadweight.facts.known_tools import category
from deadweight.facts.module_names import module_name
from deadweight.facts.sources import SOURCES, Source

_ALIASES = {"pkg_resources": "setuptools"}


def _tool_modules(scene: Scene) -> Mapping[str, frozenset[str]]:
    distributions = scene.ask(DISTRIBUTIONS)
    tools = {one.info for one in distributions if category(one.name)}
    named = {name: source for name, source in _named(scene, distributions) if source.distribution not in tools}
    importers: dict[str, list[str]] = {}
    for name, source in named.items():
        for imported in _executed(name, source):
            importers.setdefault(imported, []).append(name)
    needing: dict[str, set[str]] = {}
    for tool, modules in _tools(distributions, importers).items():
        for module in _reaching(modules, importers):
            needing.setdefault(module, set()).add(tool)
    return {module: frozenset(needed) for module, needed in needing.items() if module in named}


def _named(scene: Scene, distributions: Iterable[Distribution]) -> Iterator[tuple[str, Source]]:
    sites = {one.info: f"{one.site}/" for one in distributions}
    for path, source in scene.ask(SOURCES).items():
        if source.distribution:
            yield module_name(path.removeprefix(sites[source.distribution])), source


def _executed(module: str, source: Source) -> Iterator[str]:
    """What importing the module imports without condition: what it asks for at its top, and the packages above all."""
    for name in (module, *source.imports):
        if name != module:
            yield name
        while "." in name:
            name = name.rpartition(".")[0]
            yield name


def _tools(distributions: Iterable[Distribution], imported: Iterable[str]) -> Mapping[str, list[str]]:
    """The modules of each tool: by its dist-info, or by its name where it is imported and not installed."""
    found: dict[str, list[str]] = {}
    provided: set[str] = set()
    for one in distributions:
        provided.update(one.modules)
        if category(one.name):
            found[one.info] = list(one.modules)
    for module in imported:
        if "." not in module and module not in provided:
            tool = _ALIASES.get(module, module.strip("_").lower().replace("_", "-"))
            if category(tool):
                found.setdefault(tool, []).append(module)
    return found


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
    distributions = scene.ask(DISTRIBUTIONS)
    named = dict(_named(scene, distributions))
    found = ((module, test_packages(source.imports)) for module, source in named.items())
    return frozenset(module for module, packages in found if any(package not in named for package in packages))


TEST_IMPORTERS: Fact[frozenset[str]] = Fact("test importers", _test_importers)
"""The modules that import a test package at their top: what that needs is not known, for tests are not read."""

TOOL_MODULES: Fact[Mapping[str, frozenset[str]]] = Fact("tool modules", _tool_modules)
"""By dotted name: the tools without which the module cannot be imported (pandas' test decorators need pytest), each
by its dist-info, or by its name where it is not installed. Imports under `try`, `if` or in a function do not count."""
