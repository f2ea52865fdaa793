"""Finds packages of the operating system that nothing the program does leads to.

Why it weighs
-------------
The base image that most Dockerfiles start from carries compilers, header packages, version control, an image processor
and the libraries of all of them: 700 MB that a service never opens.

Evidence
--------
The closure from the ways in. A package stays where any file of it is reached, where one that stays depends on it at any
remove (every installed alternative, and who provides a virtual package), and where the system must have it (Essential,
or of required priority). Of the rest nothing is reached.

Edit
----
Removes the package with its configuration and its records, one edit a package; the package manager's database says so
too. Proven.

Source
------
Debian Policy, 3.8 (Essential), 7.2 (Depends, Pre-Depends) and 7.5 (Provides); apk and rpm, their databases.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.level import Level
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.system_packages import SYSTEM_PACKAGES, kept_packages
from deadweight.rules.reach import closure_of, together, unreached_waste
from deadweight.rules.reporting import Group, finding

_NAME = "unreached-packages"


def _find(scene: Scene) -> Iterator[Finding]:
    packages = scene.ask(SYSTEM_PACKAGES)
    closure = closure_of(scene) if packages else None
    if closure is None:
        return
    kept = kept_packages(packages, closure)
    shared = {path for one in packages if one.name in kept for path in one.files}
    for one in packages:
        paths = () if one.name in kept else together(scene, closure, {*one.files, *one.records} - shared)
        if paths:
            group = Group(f"{one.name} {one.version}".rstrip(), paths)
            yield finding(scene, _NAME, group, unreached_waste(scene, "a package that nothing needs"))


RULE: Rule = Rule(
    _NAME,
    "packages of the operating system that nothing reaches",
    Safety.PROVEN,
    _find,
    level=Level.BALANCED,
)
