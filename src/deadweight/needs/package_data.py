"""A reached module needs the data of its package: what reads it builds the path as it runs.

Type stubs beside modules are no data: they are needed once a source that speaks of them is (lazy_loader, jedi).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import dirname

from deadweight.core.closure import Step
from deadweight.core.scene import Fact, Scene
from deadweight.core.seams import Need
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.infos import INFOS
from deadweight.facts.package_files import PACKAGE_FILES
from deadweight.facts.programs_within import PROGRAMS_WITHIN
from deadweight.facts.sources import SPOKEN
from deadweight.facts.type_stubs import STUB_PATHS, TYPE_STUBS

_MODULES = (".py", ".so", ".pyd")
_BUILT_WITH = re.compile(r"/config-3\.\d+[^/]*$")
"""What Python itself was built with: scripts and a Makefile beside a link to its library, no package."""
_ASIDE = ("bin/", "include/", "share/man/", "share/doc/")


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    files = scene.ask(PACKAGE_FILES)
    if path.endswith(_MODULES):
        directory = dirname(path)
        if directory in files and not _BUILT_WITH.search(directory) and directory not in scene.ask(GIVEN):
            scene.ask(GIVEN).add(directory)
            programs, stubs = scene.ask(PROGRAMS_WITHIN), scene.ask(STUB_PATHS)
            data = (file for file in files[directory] if file not in programs and file not in stubs)
            yield from (Step(file, "is data of the package") for file in data)
        yield from _stubs(scene, path)
        yield from _aside(scene, path)
        if path.endswith("/tzdata/__init__.py"):  # each region is a package that zoneinfo names as it runs (PEP 615)
            inner = scene.listing.paths_under(directory)
            yield from (Step(file, "is found by the name of a time zone") for file in inner)


def _stubs(scene: Scene, path: str) -> Iterator[Step]:
    info = scene.ask(HOLDERS).get(path, "")
    if path in scene.ask(SPOKEN).get((info, ".pyi"), ()):
        yield from (Step(stub, "is a type stub, and it reads such") for stub in scene.ask(TYPE_STUBS).get(info, ()))


def _aside(scene: Scene, path: str) -> Iterator[Step]:
    """What the distribution installs beside the site, for its top-level modules: data under `share`, `etc`."""
    one = scene.ask(INFOS).get(scene.ask(HOLDERS).get(path, ""))
    top = dirname(dirname(path)) if path.endswith("/__init__.py") else dirname(path)
    if one is None or one.site != top:
        return
    prefix = dirname(dirname(dirname(one.site)))
    top = f"{prefix}/" if prefix else ""
    for file in one.files:
        if file.startswith(top) and not file.startswith((f"{one.site}/", *(top + aside for aside in _ASIDE))):
            yield Step(file, "is data that its distribution installs beside it")


GIVEN: Fact[set[str]] = Fact("packages with their data", lambda _: set())
"""The packages whose data was given: once is enough, however many modules lie there."""


def _seeds(_: Scene) -> Iterable[Step]:
    return ()


NEED: Need = Need("package-data", "the data of packages with a reached module", _seeds, _follow)
