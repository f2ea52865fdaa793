"""Which modules of each installed distribution a program can import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.module_names import EXTENSIONS, is_reached, module_name, regular_packages
from deadweight.facts.suites import is_test
from deadweight.facts.tool_modules import TEST_IMPORTERS, TOOL_MODULES

_NO_MODULES = frozenset({"__main__", "conftest", "setup"})


def _importable(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    side = {*scene.ask(TOOL_MODULES), *scene.ask(TEST_IMPORTERS)}
    for distribution in scene.ask(DISTRIBUTIONS):
        modules = set(_modules(distribution))
        found.setdefault(distribution.name, set()).update((modules - side) or modules)
    return {name: tuple(sorted(modules)) for name, modules in found.items()}


def _modules(distribution: Distribution) -> Iterator[str]:
    root = f"{distribution.site}/" if distribution.site else ""
    paths = [path[len(root) :] for path in distribution.files if path.startswith(root)]
    regular = regular_packages(paths)
    for path in paths:
        if path.endswith((".py", *EXTENSIONS)) and not is_test(path) and is_reached(path.rpartition("/")[0], regular):
            module = module_name(path)
            if module and module.rpartition(".")[2] not in _NO_MODULES:
                yield module


IMPORTABLE: Fact[Mapping[str, tuple[str, ...]]] = Fact("importable", _importable)
"""The dotted names of modules by the normalised name of their distribution.

Left out are tests, modules that import tests, and modules that cannot be imported without a development tool: they
are that tool's plug-ins.
"""
