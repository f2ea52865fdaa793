"""Finds installed distributions that nothing the program does leads to.

Why it weighs
-------------
An environment carries what somebody once tried, what an example needed and what another service of the same repository
uses. Over 1,302 projects a third of the code of dependencies lies in distributions that are not used at all.

Evidence
--------
The closure from the ways in (the command, `--entry`, probes that are commands) over imports of every kind, entry points
of groups that kept code iterates, requirements of kept metadata, native libraries and data; and the paths that watched
runs touched. A distribution is unreached where no step leads to any file of it. `deadweight why` shows the chain of one
that is reached. Where nothing says how the program starts, nothing is found.

Edit
----
Removes the distribution with its scripts, data and metadata; one edit a distribution, so that a proof that fails points
at one. Proven: a program can load code by a name that no file tells.

Source
------
Drosos et al., Bloat beneath Python's Scales (FSE 2024). Measured: dependencies, 6.7: cutting whole distributions broke
none of 35 unseen probes where deleting what a run had not touched broke 12.
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
from deadweight.rules.distribution_files import held_by, whole
from deadweight.rules.reach import closure_of, unreached_waste
from deadweight.rules.reporting import finding

_NAME = "unreached-distributions"


def _find(scene: Scene) -> Iterator[Finding]:
    distributions = [one for one in scene.ask(DISTRIBUTIONS) if _is_own(scene, one)]
    closure = closure_of(scene) if distributions else None
    if closure is None:
        return
    kept = [one for one in distributions if _is_reached(closure, one)]
    shared = {path for one in kept for path in one.files}
    for one in distributions:
        if not _is_reached(closure, one):
            paths = whole(scene, set(one.files) - shared)
            yield finding(scene, _NAME, held_by(one, paths), unreached_waste(scene, "nothing needs it"))


def _is_own(scene: Scene, one: Distribution) -> bool:
    """Whether it is cut by itself: what the system's package manager installed goes with its package."""
    return bool(one.files) and scene.ownership.of(one.files[0]).kind is OwnerKind.DISTRIBUTION


def _is_reached(closure: Closure, one: Distribution) -> bool:
    return one.info in closure or any(path in closure for path in one.files)


RULE: Rule = Rule(_NAME, "installed distributions that nothing reaches", Safety.PROVEN, _find, level=Level.BALANCED)
