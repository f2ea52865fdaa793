"""Finds distributions that are installed twice in one place, and what a broken removal left behind.

Why it weighs
-------------
Two versions of one distribution in one site directory are one that works and the rest of another: files that only the
old RECORD names are never updated and may still be imported. Directories that begin with `~` are what pip moved aside
and did not get to delete.

Evidence
--------
Two dist-info or egg-info directories with the same normalised name in one site directory. For pip's leftovers: a
directory in a site directory whose name begins with `~`, which no import can reach.

Edit
----
Leftovers are removed: safe. Of two versions a person decides which is the wrong one: suggested, with the files that
only the older one names.

Source
------
PEP 376, PEP 503 (normalised names). pip, `_internal/operations/install` and `AdjacentTempDirectory` (the `~` names).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.version import InvalidVersion, Version

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.rules.distribution_files import held_by, whole
from deadweight.rules.reporting import Group, Waste, finding

_NAME = "duplicate-distributions"


def _find(scene: Scene) -> Iterator[Finding]:
    distributions = scene.ask(DISTRIBUTIONS)
    together: dict[tuple[str, str], list[Distribution]] = {}
    for one in distributions:
        together.setdefault((one.site, one.name), []).append(one)
    for found in together.values():
        if len(found) > 1:
            yield from _older(scene, sorted(found, key=lambda one: (_version(one), one.info)))
    for site in sorted({one.site for one in distributions}):
        yield from _leftovers(scene, site)


def _older(scene: Scene, found: Sequence[Distribution]) -> Iterator[Finding]:
    newest = found[-1]
    for one in found[:-1]:
        paths = whole(scene, set(one.files).difference(*(other.files for other in found if other is not one)))
        evidence = (Evidence("the older of two versions", one.info), Evidence("the newer one", newest.info))
        waste = Waste(f"installed twice, also as {newest.version}", evidence, Confidence.LIKELY, Safety.SUGGESTED)
        yield finding(scene, _NAME, held_by(one, paths), waste)


def _leftovers(scene: Scene, site: str) -> Iterator[Finding]:
    prefix = f"{site}/~" if site else "~"
    paths = sorted(
        directory for directory in scene.listing.directories if directory.startswith(prefix) and _is_in(directory, site)
    )
    if paths:
        evidence = tuple(Evidence("pip moved it aside to delete it, and was interrupted", path) for path in paths)
        waste = Waste("left behind by an interrupted pip", evidence, Confidence.LIKELY, Safety.SAFE)
        yield finding(scene, _NAME, Group("pip", tuple(paths)), waste)


def _is_in(directory: str, site: str) -> bool:
    return directory.rpartition("/")[0] == site


def _version(one: Distribution) -> Version:
    try:
        return Version(one.version)
    except InvalidVersion:
        return Version("0")


RULE: Rule = Rule(_NAME, "distributions that are installed twice in one place", Safety.SUGGESTED, _find)
