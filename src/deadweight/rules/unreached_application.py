"""Finds modules of the application itself that nothing leads to; looks only where it is selected by its name.

Why it weighs
-------------
Scripts of a migration long past, experiments and a second service travel with the application's own code. They weigh
little beside what they import, but what is there can be run and attacked.

Evidence
--------
The closure from the ways in, as for distributions. That nothing leads to a script does not say that nobody starts it by
hand: name those with `--entry`.

Edit
----
Removes Python sources of the application, never its data. Proven, and only with `--level tight` and
`--select unreached-application` or by that name among others: by itself deadweight cuts an application by rules alone.

Source
------
Ours.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.level import Level
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.rules.reach import closure_of, unreached, unreached_waste
from deadweight.rules.reporting import findings

_NAME = "unreached-application"


def _find(scene: Scene) -> Iterator[Finding]:
    sources = [
        entry.path
        for entry in scene.listing.entries
        if entry.path.endswith(".py") and scene.ownership.of(entry.path).kind is OwnerKind.APPLICATION
    ]
    closure = closure_of(scene) if sources else None
    if closure is not None:
        waste = unreached_waste(scene, "modules of the application that nothing needs")
        yield from findings(scene, _NAME, unreached(scene, closure, sources), waste)


RULE: Rule = Rule(
    _NAME,
    "modules of the application that nothing reaches",
    Safety.PROVEN,
    _find,
    level=Level.TIGHT,
    by_name=True,
)
