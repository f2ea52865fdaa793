"""Finds native libraries and programs, in distributions and beside the interpreter, that nothing leads to.

Why it weighs
-------------
Native code is most of what an AI service weighs: of 945 MB that a sentence-embedding service opened, 834 MB were shared
libraries. Back ends for other hardware, test programs and command-line tools travel in the same wheels.

Evidence
--------
The closure: extension modules that are imported, what their dynamic sections need (as the loader resolves it), families
that are loaded by name, names of libraries inside kept libraries and sources, and what watched runs mapped.

Edit
----
Removes the libraries, one edit an owner. Proven.

Source
------
System V gABI (dynamic section), ld.so(8), dlopen(3). Measured: dependencies, 6.6 and 6.7.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.level import Level
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.rules.reach import is_native, needed_closure, unreached, unreached_waste
from deadweight.rules.reporting import by_owner, finding

_NAME = "unreached-libraries"
_HOMES = (OwnerKind.DISTRIBUTION, OwnerKind.INTERPRETER, OwnerKind.CONDA)


def _find(scene: Scene) -> Iterator[Finding]:
    native = [
        entry.path
        for entry in scene.listing.entries
        if is_native(scene, entry.path) and scene.ownership.of(entry.path).kind in _HOMES
    ]
    closure = needed_closure(scene) if native else None
    if closure is not None:
        for group in by_owner(scene, unreached(scene, closure, native)):
            yield finding(scene, _NAME, group, unreached_waste(scene, "native code that nothing needs"))


RULE: Rule = Rule(_NAME, "native libraries that nothing reaches", Safety.PROVEN, _find, level=Level.TIGHT)
