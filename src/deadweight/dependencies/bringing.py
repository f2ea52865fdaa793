"""Which declared requirement brings a distribution along, by what is installed or by what a lock says."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.markers import UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deadweight.core.project import Project


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


def bringing(project: Project, without: str = "") -> Bringing:
    """What brings what, from the declared names on; `without` one of them."""
    needs = _needs(project)
    starts = [one for one in project.declarations.items if not one.is_constraint and one.name != without]
    asked_by: dict[str, str] = {one.name: "" for one in starts}
    waiting: deque[tuple[str, frozenset[str]]] = deque(
        (one.name, frozenset(map(canonicalize_name, one.parsed.extras))) for one in starts
    )
    done: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        state = waiting.popleft()
        if state in done:
            continue
        done.add(state)
        for name, extras in _asked(needs.get(state[0], ()), state[1], project):
            asked_by.setdefault(name, state[0])
            waiting.append((name, extras))
    return Bringing(asked_by)


def _needs(project: Project) -> Mapping[str, tuple[str, ...]]:
    """The requirements of each distribution: as it is installed, else as it is locked."""
    locked = {pin.name: pin.needs for lock in project.locks for pin in lock.pins if pin.needs}
    installed = project.environment.distributions if project.environment else ()
    return {**locked, **{one.name: one.requires for one in installed}}


def _asked(lines: Iterable[str], extras: Iterable[str], project: Project) -> Iterator[tuple[str, frozenset[str]]]:
    values = dict(project.environment.markers) if project.environment else {}
    for line in lines:
        try:
            one = Requirement(line)
            wanted = one.marker is None or any(
                one.marker.evaluate({**values, "extra": extra}) for extra in ("", *extras)
            )
        except (InvalidRequirement, UndefinedEnvironmentName):
            continue
        if wanted:
            yield canonicalize_name(one.name), frozenset(map(canonicalize_name, one.extras))
