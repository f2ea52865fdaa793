"""Extension modules need what their C code imports: the names of modules that stand in their data."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deadweight.core.closure import Step
from deadweight.core.scene import Fact, Scene
from deadweight.core.seams import Need
from deadweight.facts.distributions import HOLDERS, Distribution
from deadweight.facts.extension_names import EXTENSION_NAMES, is_extension
from deadweight.facts.infos import INFOS
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.requirement_graph import REQUIREMENTS
from deadweight.facts.tools import TOOL_BOUND
from deadweight.native.embedded_names import EmbeddedNames

_SAYS = "its name stands in the extension module"
_SHORTEST = 4
_METHODS = frozenset({"readline"})
"""What the standard library's C code calls as a method of files, and no more imports than others do."""


@dataclass(frozen=True)
class _Neighbours:
    """The modules that an extension module of a distribution can mean: its own by name, and those it requires."""

    own: Mapping[str, tuple[str, ...]]
    required: frozenset[str]


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    if not is_extension(path) or path not in scene.ask(EXTENSION_NAMES):
        return
    found = scene.ask(EXTENSION_NAMES)[path]
    package = scene.ask(MODULE_PATH).name_of(path).rpartition(".")[0]
    one = scene.ask(INFOS).get(scene.ask(HOLDERS).get(path, ""))
    yield from _above(scene, package)
    for name in _meant(scene, one, package, found):
        yield from _module(scene, name)
    if one is not None:
        yield from _shared(one)


def _above(scene: Scene, package: str) -> Iterator[Step]:
    if package:
        for path in scene.ask(MODULE_PATH).resolve(package).paths:
            yield Step(path, "is a package that the extension module lies in")


def _meant(scene: Scene, one: Distribution | None, package: str, found: EmbeddedNames) -> Iterator[str]:
    """The names of modules that stand there: absolute, or as seen from a package that the module lies in."""
    neighbours = scene.ask(NEIGHBOURS).get(one.info if one else "")
    if neighbours is None:
        yield from (name for name in found.names if name.islower() and "." not in name and name not in _METHODS)
        return
    yield from _own(neighbours.own, [f"{base}." for base in (package, *_packages(package)) if base], found)
    yield from (name for name in found.names if name.partition(".")[0] in neighbours.required)


def _own(names: Iterable[str], above: Iterable[str], found: EmbeddedNames) -> Iterator[str]:
    """Those of the distribution's modules that are said whole, or as seen from a package above."""
    said, joined = found.names, _Joined(found.joined)
    for name in names:
        if name in said or joined.holds(name):
            yield name
            continue
        for base in above:
            inner = name[len(base) :]
            if name.startswith(base) and (inner in said or (len(inner) >= _SHORTEST and joined.holds(inner))):
                yield name
                break


@dataclass(slots=True)
class _Joined:
    """A text in which thousands of dotted names are looked for, most of them of packages that never stand there."""

    text: str
    _packages: dict[str, bool] = field(default_factory=dict)

    def holds(self, name: str) -> bool:
        """Whether the name stands there."""
        package = name.rpartition(".")[0]
        if package not in self._packages:
            self._packages[package] = package in self.text
        return self._packages[package] and bool(self.text) and name in self.text


def _packages(package: str) -> Iterator[str]:
    while package := package.rpartition(".")[0]:
        yield package


def _module(scene: Scene, name: str) -> Iterator[Step]:
    bound = scene.ask(TOOL_BOUND)
    found = scene.ask(MODULE_PATH).resolve(name)
    if found.depth and not any(bound.holds(path) for path in found.paths):
        yield from (Step(path, _SAYS) for path in found.paths)


def _shared(one: Distribution) -> Iterator[Step]:
    """What mypyc compiles is one library beside the modules that it is imported from under their names."""
    for path in one.files:
        if "__mypyc." in posixpath.basename(path):
            yield Step(path, "holds the compiled code of the distribution's modules")


def _neighbours(scene: Scene) -> Mapping[str, _Neighbours]:
    infos, graph = scene.ask(INFOS), scene.ask(REQUIREMENTS)
    places = scene.ask(MODULE_PATH)
    found = {}
    for info, one in infos.items():
        if not any(is_extension(path) for path in one.files):
            continue
        own: dict[str, tuple[str, ...]] = {}
        for path in one.files:
            if path.endswith((".py", ".so")):
                own.setdefault(places.name_of(path), (path,))
        required = {module for need in graph.needs.get(info, ()) for module in infos[need.on].modules}
        found[info] = _Neighbours(own, frozenset(required | {"numpy", "_cffi_backend", "greenlet"}))
    return found


NEIGHBOURS: Fact[Mapping[str, _Neighbours]] = Fact("neighbours of extension modules", _neighbours)
"""By dist-info: what the names in its extension modules can mean."""


def _seeds(_: Scene) -> Iterable[Step]:
    return ()


NEED: Need = Need("extension-modules", "the modules that the C code of an extension module imports", _seeds, _follow)
