"""Finds files of the operating system that nothing the program does leads to.

Why it weighs
-------------
A base image brings a shell, a package manager, Perl, compilers and the data of all of them. A Flask service on a full
Debian image with Python needs about a thirtieth of it.

Evidence
--------
The closure from the ways in: interpreters of scripts, native libraries as the loader resolves them, families that are
loaded by name, what a Python program asks of the system (certificates, time zones, accounts, name service), words of
shell scripts that name programs, and what watched runs touched. Only in a whole file system; files of packages, and
what lies unowned under `usr` outside of `usr/local`.

Edit
----
Removes the files, one edit a package. Configuration under `etc`, what the package manager knows of its packages and the
licences of those of which something stays are kept, so that scanners still see what is installed; what it keeps to
install and remove them goes where nothing reaches it. Proven.

Source
------
Measured: images, (c), for what other tools keep and break. Debian Policy, 12.5 (copyright files).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.closure import Closure
from deadweight.core.edit import Safety
from deadweight.core.entry import Kind
from deadweight.core.finding import Finding
from deadweight.core.level import Level
from deadweight.core.owner import NOBODY, OwnerKind
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.places import is_root_file_system
from deadweight.rules.reach import needed_closure, together, unreached, unreached_waste
from deadweight.rules.reporting import Group, by_owner, finding

_NAME = "unreached-system"
_FOR_INSTALLING = re.compile(
    r"var/lib/dpkg/(?:info/[^/]+\.(?:symbols|shlibs|templates|triggers|config|preinst|postinst|prerm|postrm)"
    r"|[\w-]+-old)|var/cache/debconf/[^/]+"
)
"""What dpkg and debconf keep for the next installation or removal of a package; no scanner reads it."""
_INSTALLERS = ("usr/bin/dpkg", "bin/dpkg")
_KEPT = ("etc/", "var/lib/dpkg/", "lib/apk/", "var/lib/rpm/", "usr/lib/sysimage/")


def _find(scene: Scene) -> Iterator[Finding]:
    if not is_root_file_system(scene):
        return
    closure = needed_closure(scene)
    if closure is None:
        return
    licensed = _licences(scene, closure)
    wanted = (entry.path for entry in scene.listing.entries if _is_system(scene, entry.path))
    paths = [path for path in unreached(scene, closure, wanted) if path not in licensed]
    if not any(one in closure for one in _INSTALLERS):
        records = (entry.path for entry in scene.listing.entries if _FOR_INSTALLING.fullmatch(entry.path))
        paths += unreached(scene, closure, records)
    for group in by_owner(scene, paths):
        named = Group(group.owner, together(scene, closure, group.paths))
        yield finding(scene, _NAME, named, unreached_waste(scene, "files of the system that nothing needs"))


def _is_system(scene: Scene, path: str) -> bool:
    """Whether a package brought it, or nobody knows who did; links at the top hold the whole tree together."""
    if path.startswith(_KEPT) or "/" not in path:
        return False
    owner = scene.ownership.of(path)
    if owner.kind is OwnerKind.OS_PACKAGE:
        return True
    return owner == NOBODY and path.startswith("usr/") and not path.startswith("usr/local/")


def _licences(scene: Scene, closure: Closure) -> frozenset[str]:
    """The licence of every package of which a file is a member; what is recorded of one is none of its files."""
    kept = {scene.ownership.of(path) for path in closure.steps if not path.startswith(_KEPT[1:])}
    return frozenset(
        entry.path
        for entry in scene.listing.under("usr/share/doc")
        if entry.name == "copyright" and entry.kind is Kind.FILE and scene.ownership.of(entry.path) in kept
    )


RULE: Rule = Rule(_NAME, "files of the operating system that nothing reaches", Safety.PROVEN, _find, level=Level.TIGHT)
