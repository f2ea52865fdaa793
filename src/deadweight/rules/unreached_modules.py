"""Finds modules and data inside reached distributions, and of the standard library, that nothing leads to.

Why it weighs
-------------
Few programs use all of what they import: of the files of dependencies a median of nine in ten is never loaded, and the
bytes inside distributions that are used outweigh those of unused distributions two to one.

Evidence
--------
The closure at the granularity of modules. Imports in functions, under `try`, by names built from constants, lazy
loaders, entry points and names inside extension modules all reach; a module that imports by a name known only at run
time reaches its whole package. Data stays where a module of its package is reached. Metadata always stays. The standard
library's character sets of one system or language stay where the application states them, and all where it or a library
that is not known to take none may decode by a name from outside.

Edit
----
Removes the modules, one edit a distribution, with a tripwire that says what removed a module which is imported after
all. Proven.

Source
------
Drosos et al., Bloat beneath Python's Scales (FSE 2024): file-level bloat. Measured: dependencies, 6.7, for what breaks
where only a trace decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.closure import Closure
from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.level import Level
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.optional_distributions import OPTIONAL
from deadweight.rules.distribution_files import held_by, module_files
from deadweight.rules.reach import is_native, needed_closure, together, unreached, unreached_waste
from deadweight.rules.reporting import Group, finding

_NAME = "unreached-modules"


def _find(scene: Scene) -> Iterator[Finding]:
    closure = needed_closure(scene)
    if closure is None:
        return
    groups = [*_in_distributions(scene, closure), *_in_library(scene, closure)]
    for group in groups:
        yield finding(scene, _NAME, group, unreached_waste(scene, "modules and data that nothing needs"))


def _in_distributions(scene: Scene, closure: Closure) -> Iterator[Group]:
    for one in scene.ask(DISTRIBUTIONS):
        if one.info in closure and one.info not in scene.ask(OPTIONAL) and _is_own(scene, one):
            paths = [path for path in unreached(scene, closure, module_files(one)) if not is_native(scene, path)]
            if paths:
                yield held_by(one, together(scene, closure, paths))


def _in_library(scene: Scene, closure: Closure) -> Iterator[Group]:
    """The standard library of an interpreter that is in the artifact and that something reaches."""
    named: dict[str, list[str]] = {}
    for entry in scene.listing.entries:
        owner = scene.ownership.of(entry.path)
        if owner.kind is OwnerKind.INTERPRETER:
            named.setdefault(str(owner), []).append(entry.path)
    for name, paths in sorted(named.items()):
        if any(path in closure for path in paths):
            gone = [path for path in unreached(scene, closure, paths) if not is_native(scene, path)]
            if gone:
                yield Group(name, together(scene, closure, gone))


def _is_own(scene: Scene, one: Distribution) -> bool:
    return scene.ownership.of(one.files[0]).kind is OwnerKind.DISTRIBUTION


RULE: Rule = Rule(
    _NAME, "modules and data of reached distributions that nothing reaches", Safety.PROVEN, _find, level=Level.TIGHT
)
