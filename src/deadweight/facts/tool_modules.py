"""Which modules of libraries need a development tool as soon as they are imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.hard_imports import importers, named_sources, reaching
from deadweight.facts.imported_tests import test_packages
from deadweight.facts.known_tools import category

_ALIASES = {"pkg_resources": "setuptools"}


def _tool_modules(scene: Scene) -> Mapping[str, frozenset[str]]:
    distributions = scene.ask(DISTRIBUTIONS)
    tools = {one.info for one in distributions if category(one.name)}
    named = {name: source for name, source in named_sources(scene) if source.distribution not in tools}
    importing = importers(named)
    needing: dict[str, set[str]] = {}
    for tool, modules in _tools(distributions, importing).items():
        for module in reaching(modules, importing):
            needing.setdefault(module, set()).add(tool)
    return {module: frozenset(needed) for module, needed in needing.items() if module in named}


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


def _test_importers(scene: Scene) -> frozenset[str]:
    named = dict(named_sources(scene))
    found = ((module, test_packages(source.imports)) for module, source in named.items())
    return frozenset(module for module, packages in found if any(package not in named for package in packages))


TEST_IMPORTERS: Fact[frozenset[str]] = Fact("test importers", _test_importers)
"""The modules that import a test package at their top: what that needs is not known, for tests are not read."""

TOOL_MODULES: Fact[Mapping[str, frozenset[str]]] = Fact("tool modules", _tool_modules)
"""By dotted name: the tools without which the module cannot be imported (pandas' test decorators need pytest), each
by its dist-info, or by its name where it is not installed. Imports under `try`, `if` or in a function do not count."""
