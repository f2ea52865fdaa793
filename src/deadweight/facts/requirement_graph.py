"""Which installed distribution requires which."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from packaging.markers import UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.target import MARKERS

_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")


@dataclass(frozen=True, slots=True)
class Need:
    """One distribution needs another; both by their dist-info. `extra` is that of `by` which asks, empty for none."""

    by: str
    on: str
    requirement: str
    extra: str = ""


@dataclass(frozen=True, slots=True)
class RequirementGraph:
    """What the installed distributions require of each other.

    `needs` are those of the distributions and of the extras that others ask for; `optional` those of extras that
    nobody asks for and that are all there: someone may have installed them so (`fastapi[standard]`). Both by the
    dist-info of who needs. `wanting` are (dist-info, requirement) of what is not installed.
    """

    needs: Mapping[str, tuple[Need, ...]] = field(default_factory=dict)
    optional: Mapping[str, tuple[Need, ...]] = field(default_factory=dict)
    wanting: tuple[tuple[str, str], ...] = ()

    def closure(self, infos: Iterable[str], before: Collection[str] = ()) -> frozenset[str]:
        """The distributions and all that they need, at any remove; what those in `before` need is not followed."""
        found: set[str] = set()
        waiting = list(infos)
        while waiting:
            info = waiting.pop()
            if info not in found:
                found.add(info)
                waiting.extend(need.on for need in self.needs.get(info, ()) if info not in before)
        return frozenset(found)

    def why(self, info: str) -> tuple[Need, ...]:
        """Who needs the distribution, and by which requirement, sorted."""
        found = (need for needs in self.needs.values() for need in needs if need.on == info)
        return tuple(sorted(found, key=lambda need: (need.by, need.requirement)))


@dataclass(slots=True)
class _Reading:
    scene: Scene
    by_name: dict[str, list[Distribution]]
    lines: dict[str, list[Requirement]]
    needs: dict[str, list[Need]] = field(default_factory=dict)
    wanting: dict[tuple[str, str], None] = field(default_factory=dict)
    done: set[tuple[str, str]] = field(default_factory=set)

    def applies(self, requirement: Requirement, extra: str) -> bool:
        if requirement.marker is None:
            return not extra
        markers: Mapping[str, str] = self.scene.ask(MARKERS)
        values = {**markers}
        asks = "extra" in str(requirement.marker)
        if extra and not asks:
            return False
        try:
            return requirement.marker.evaluate(values | {"extra": extra})
        except UndefinedEnvironmentName:
            return False

    def reached(self, one: Distribution, requirement: Requirement) -> Distribution | None:
        """The distribution that the requirement means: of the same site before any other."""
        candidates = self.by_name.get(canonicalize_name(requirement.name), [])
        return next((other for other in candidates if other.site == one.site), next(iter(candidates), None))

    def of_extra(self, one: Distribution, extra: str) -> list[Requirement]:
        return [line for line in self.lines[one.info] if self.applies(line, extra)]

    def follow(self, one: Distribution, extra: str) -> None:
        """Add the needs of the distribution's extra, and of the extras that these ask for."""
        waiting = [(one, extra)]
        while waiting:
            here, asked = waiting.pop()
            if (here.info, asked) in self.done:
                continue
            self.done.add((here.info, asked))
            for line in self.of_extra(here, asked):
                there = self.reached(here, line)
                if there is None:
                    self.wanting[here.info, str(line)] = None
                    continue
                self.needs.setdefault(here.info, []).append(Need(here.info, there.info, str(line), asked))
                waiting.extend((there, canonicalize_name(name)) for name in line.extras)


def _requirement_graph(scene: Scene) -> RequirementGraph:
    distributions = scene.ask(DISTRIBUTIONS)
    by_name: dict[str, list[Distribution]] = {}
    for one in distributions:
        by_name.setdefault(one.name, []).append(one)
    reading = _Reading(scene, by_name, {one.info: list(_parsed(scene, one)) for one in distributions})
    for one in distributions:
        reading.follow(one, "")
    needs = {info: tuple(found) for info, found in reading.needs.items()}
    optional = {one.info: tuple(_optional(reading, one)) for one in distributions}
    return RequirementGraph(needs, {info: found for info, found in optional.items() if found}, tuple(reading.wanting))


def _parsed(scene: Scene, one: Distribution) -> Iterator[Requirement]:
    for line in one.requires:
        try:
            yield Requirement(line)
        except InvalidRequirement:
            scene.note(Gap("requirement graph", one.info, f"the requirement {line[:200]!r} is none"))


def _optional(reading: _Reading, one: Distribution) -> Iterator[Need]:
    """The needs of extras that nobody asks for and that are installed whole."""
    for extra in sorted({canonicalize_name(name) for line in one.requires for name in _EXTRA.findall(line)}):
        if (one.info, extra) in reading.done:
            continue
        lines = reading.of_extra(one, extra)
        reached = [(line, reading.reached(one, line)) for line in lines]
        if all(there is not None for _, there in reached):
            yield from (Need(one.info, there.info, str(line), extra) for line, there in reached if there is not None)


REQUIREMENTS: Fact[RequirementGraph] = Fact("requirement graph", _requirement_graph)
"""The graph for the Python of the artifact, with markers and extras evaluated; right on cycles."""
