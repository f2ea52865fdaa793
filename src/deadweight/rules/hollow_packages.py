"""Finds packages of the operating system of which nothing would stay but what the package manager keeps about them.

Why it weighs
-------------
Where every file of a package goes because nothing reaches it, its lists and sums stay: a megabyte beside a service of
thirty. And they lie: a scanner still reports the package, and what was found to be wrong with it.

Evidence
--------
Packages of dpkg of which the closure has no file but of their records: what others state to depend on, Essential or
not, when nothing leads to a file of it.

Edit
----
Removes the records and the configuration of the package that nothing reaches, one edit a package; dpkg's status says so
too. Proven.

Source
------
dpkg-query(1); Debian Policy, 6.8 (what a purge removes). Measured: images, a Flask service on a full Debian image.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.closure import Closure
from deadweight.core.edit import Safety
from deadweight.core.entry import Kind
from deadweight.core.finding import Finding
from deadweight.core.level import Level
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.places import is_root_file_system
from deadweight.facts.system_packages import SYSTEM_PACKAGES, SystemPackage, kept_packages
from deadweight.rules.reach import closure_of, needed_closure, unreached_waste
from deadweight.rules.reporting import Group, finding

_NAME = "hollow-packages"


def _find(scene: Scene) -> Iterator[Finding]:
    closure = needed_closure(scene) if is_root_file_system(scene) else None
    reached = closure_of(scene)
    if closure is None or reached is None:
        return
    shared = _shared(scene)
    packages = scene.ask(SYSTEM_PACKAGES)
    kept = kept_packages(packages, reached)  # the others go as a whole, by a rule of their own
    for one in packages:
        if one.manager == "dpkg" and one.records and one.name in kept and _is_hollow(scene, closure, one):
            waste = unreached_waste(scene, "records of a package of which nothing is needed")
            yield finding(scene, _NAME, _records_of(scene, one, shared), waste)


def _records_of(scene: Scene, one: SystemPackage, shared: frozenset[str]) -> Group:
    """Its records, and the settings that are its own."""
    own = (path for path in one.files if path not in shared and path in scene.listing)
    settings = (path for path in own if path.startswith("etc/") and _is_file(scene, path))
    return Group(f"{one.name} {one.version}".rstrip(), tuple(sorted({*one.records, *settings})))


def _is_hollow(scene: Scene, closure: Closure, one: SystemPackage) -> bool:
    """Whether all of its files go, as files of the system that nothing reaches do."""
    return not any(path in closure for path in one.files) and all(
        scene.ownership.of(path).kind is OwnerKind.OS_PACKAGE for path in one.files
    )


def _shared(scene: Scene) -> frozenset[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for one in scene.ask(SYSTEM_PACKAGES):
        twice |= seen.intersection(one.files)
        seen.update(one.files)
    return frozenset(twice)


def _is_file(scene: Scene, path: str) -> bool:
    return scene.listing.by_path[path].kind is not Kind.DIRECTORY


RULE: Rule = Rule(_NAME, "records of packages of which nothing else stays", Safety.PROVEN, _find, level=Level.TIGHT)
