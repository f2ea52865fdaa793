"""What is asked for from outside: by a project, or by whoever installed an environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deadweight.core.environment import Environment
from deadweight.core.requirement import Declarations, Declared
from deadweight.dependencies.dominators import reverse_postorder
from deadweight.dependencies.needs_of import Needs, extras_of
from deadweight.dependencies.node import Ask, Part

NOBODY = "nothing installed requires it"
BY_NAME = "installed by name"


@dataclass(frozen=True, slots=True)
class Roots:
    """What is asked for, and the extras and groups that are not there, each with the names that it lacks."""

    asks: tuple[Ask, ...]
    absent: Mapping[str, tuple[str, ...]]


def roots_of_project(stated: Declarations, parts: Iterable[Part], markers: Mapping[str, str]) -> Roots:
    """What the project's files ask for; an extra or group of which something is not there was not installed.

    What the core asks for is asked for whether it is there or not.
    """
    known, needs = {one.name for one in parts}, Needs(markers)
    wanted = [one for one in _with_included(stated) if needs.holds(Requirement(one.requirement))]
    absent: dict[str, tuple[str, ...]] = {}
    for one in wanted:
        if one.group and one.name not in known:
            absent[one.group] = tuple(dict.fromkeys((*absent.get(one.group, ()), one.name)))
    return Roots(tuple(one for one in wanted if one.group not in absent), absent)


def _with_included(stated: Declarations) -> Iterator[Ask]:
    """The requirements of the core and of each group, with those of the groups that it includes."""
    items = [one for one in stated.items if not one.is_constraint]
    names = dict.fromkeys((*(one.group for one in items), *stated.includes))
    for name in names:
        for group in _reached(stated, name):
            yield from (_ask(one, name) for one in items if one.group == group)


def _reached(stated: Declarations, name: str) -> list[str]:
    return reverse_postorder({group: list(included) for group, included in stated.includes.items()}, name)


def _ask(one: Declared, group: str) -> Ask:
    return Ask(one.name, one.requirement, group, str(one.place))


def roots_of_environment(environment: Environment, parts: Iterable[Part]) -> tuple[Ask, ...]:
    """What was installed by name (PEP 376), and what no other distribution leads to; of a cycle one, the first."""
    known = {one.name: one for one in parts}
    successors = _successors(known, environment.markers)
    named = [one.name for one in environment.distributions if one.is_requested]
    reached = {name for start in named for name in reverse_postorder(successors, start)}
    rest = list(_sources(successors, reached))
    return (*(Ask(name, name, said=BY_NAME) for name in named), *(Ask(name, name, said=NOBODY) for name in rest))


def roots_of_parts(parts: Iterable[Part], markers: Mapping[str, str]) -> tuple[Ask, ...]:
    """What no other part leads to, for a lock of which nothing else is known; of a cycle one, the first."""
    successors = _successors({one.name: one for one in parts}, markers)
    return tuple(Ask(name, name, said=NOBODY) for name in _sources(successors, set()))


def _successors(parts: Mapping[str, Part], markers: Mapping[str, str]) -> Mapping[str, list[str]]:
    """The names that each part's own requirements and all its installed extras lead to."""
    needs = Needs(markers)
    return {name: list(_needed(needs, part, parts)) for name, part in parts.items()}


def _needed(needs: Needs, part: Part, parts: Mapping[str, Part]) -> Iterator[str]:
    for requirement in needs.of(part):
        name = canonicalize_name(requirement.name)
        yield name
        if other := parts.get(name):
            for extra in extras_of(requirement):
                yield from (canonicalize_name(one.name) for one in needs.of(other, extra))


def _sources(successors: Mapping[str, list[str]], reached: set[str]) -> Iterator[str]:
    """The first names, so that with what is reached already all others are reached; nobody's before members of cycles.

    A cycle that nothing else leads to gives its first name: postorder ends with what leads to all others.
    """
    seen = set(reached)
    targets = {name for named in successors.values() for name in named}
    free = [name for name in sorted(successors) if name not in targets]
    for name in (*free, *_by_reach(successors)):
        if name not in seen:
            seen.update(reverse_postorder(successors, name))
            yield name


def _by_reach(successors: Mapping[str, list[str]]) -> list[str]:
    """All names in an order in which each cycle comes before whatever it leads to."""
    everything = {**successors, "": sorted(successors)}
    return reverse_postorder(everything, "")[1:]
