"""Which declared requirement brings a distribution along, by what is installed or by what a lock says."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from packaging.markers import Marker, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.requirements.roles import role_of_extra, role_of_group

_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Bringing:
    """For each distribution the one that asks for it on the shortest way from a declared one."""

    asked_by: Mapping[str, str]

    def chain(self, name: str) -> tuple[str, ...]:
        """From a declared requirement down to the distribution; empty where none brings it."""
        if name not in self.asked_by:
            return ()
        chain = [name]
        while self.asked_by[chain[-1]] not in ("", chain[-1]):
            chain.append(self.asked_by[chain[-1]])
        return tuple(reversed(chain))


@dataclass(frozen=True)
class Demands:
    """What each distribution asks for, as it is installed, else as it is locked; each line is parsed once."""

    project: Project
    _parsed: dict[str, tuple[Requirement, ...]] = field(default_factory=dict, repr=False)

    def bringing(self, without: str = "", only: Collection[str] | None = None) -> Bringing:
        """What brings what, from the declared names on, or from those of `only`; `without` one of them."""
        starts = [
            one
            for one in self.project.declarations.items
            if not one.is_constraint and one.name != without and (only is None or one.name in only)
        ]
        asked_by = dict.fromkeys((one.name for one in starts), "")
        waiting = deque((one.name, frozenset[str](map(canonicalize_name, one.parsed.extras))) for one in starts)
        done: set[tuple[str, frozenset[str]]] = set()
        while waiting:
            state = waiting.popleft()
            if state not in done:
                done.add(state)
                for name, extras in self._asked(*state):
                    asked_by.setdefault(name, state[0])
                    waiting.append((name, extras))
        return Bringing(asked_by)

    def offering(self, name: str, used: Collection[str]) -> tuple[str, str] | None:
        """What the used requirements bring that has an extra for this distribution alone: its name, and the extra.

        Such an extra switches on a part that imports it where it is there: httpcore runs on anyio with its extra
        asyncio. Extras that ask for many (`all`) and those of developers say nothing.
        """
        for one in self.bringing(name, used).asked_by:
            for extra, asked in self._extras(one).items():
                if asked == {name} and role_of_group(extra) is Role.DEVELOPMENT and role_of_extra(extra) is Role.EXTRA:
                    return one, extra
        return None

    def _extras(self, name: str) -> Mapping[str, set[str]]:
        """What each extra of the distribution asks for."""
        found: dict[str, set[str]] = {}
        for one in self._requirements(name):
            for extra in _EXTRA.findall(str(one.marker or "")):
                found.setdefault(extra, set()).add(canonicalize_name(one.name))
        return found

    def _asked(self, name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
        for one in self._requirements(name):
            if one.marker is None or any(_holds(one.marker, self._markers, extra) for extra in ("", *extras)):
                yield canonicalize_name(one.name), frozenset(map(canonicalize_name, one.extras))

    def _requirements(self, name: str) -> tuple[Requirement, ...]:
        if name not in self._parsed:
            self._parsed[name] = tuple(_requirements(self._lines.get(name, ())))
        return self._parsed[name]

    @cached_property
    def _lines(self) -> Mapping[str, tuple[str, ...]]:
        locked = {pin.name: pin.needs for lock in self.project.locks for pin in lock.pins if pin.needs}
        installed = self.project.environment.distributions if self.project.environment else ()
        return {**locked, **{one.name: one.requires for one in installed}}

    @cached_property
    def _markers(self) -> Mapping[str, str]:
        return self.project.environment.markers if self.project.environment else {}


def _requirements(lines: Iterable[str]) -> Iterator[Requirement]:
    """Those that can be read: who made the distribution answers for the others."""
    for line in lines:
        try:
            yield Requirement(line)
        except InvalidRequirement:
            continue


def _holds(marker: Marker, values: Mapping[str, str], extra: str) -> bool:
    try:
        return marker.evaluate({**values, "extra": extra})
    except UndefinedEnvironmentName:
        return False
