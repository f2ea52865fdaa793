"""What a change of the requirements comes to, before anything is installed: what goes, what stays, what is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.dependencies.bytes import Bytes, bytes_of
from deadweight.dependencies.conflicts import chain_names
from deadweight.dependencies.graph import Graph, graph_of
from deadweight.dependencies.needs_of import extras_of
from deadweight.dependencies.node import Ask, Kind, Node, Part


@dataclass(frozen=True, slots=True)
class Change:
    """What is to change: names or `name[extra]` that go, groups that go, requirements that are new."""

    drops: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Staying:
    """Something that was to go and stays, and the chain of names that still asks for it."""

    name: str
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Supposed:
    """What a change comes to: the bytes before and after, the parts that go and come, what stays because of whom.

    `basis` says what the figures rest on, a sentence each.
    """

    before: Bytes
    after: Bytes
    goes: tuple[Part, ...]
    comes: tuple[Part, ...]
    stays: tuple[Staying, ...]
    basis: tuple[str, ...] = ()

    @property
    def freed(self) -> Bytes:
        """What goes."""
        return bytes_of(self.goes)

    @property
    def added(self) -> Bytes:
        """What comes."""
        return bytes_of(self.comes)


def changed_asks(graph: Graph, change: Change) -> tuple[Ask, ...]:
    """What is asked for after the change, the new requirements last; UsageError for a name that nothing has."""
    _check(graph, change)
    names = {canonicalize_name(name) for name in change.drops if "[" not in name}
    kept = [ask for ask in graph.asks.values() if ask.name not in names and ask.group not in change.groups]
    return (*(_without(ask, _dropped_extras(change, ask.name)) for ask in kept), *map(_added, change.adds))


def supposed(before: Graph, after: Graph, change: Change, basis: Iterable[str] = ()) -> Supposed:
    """The difference of two graphs. What nobody asked for stays as it is and counts in neither."""
    was, is_now = _reached(before), _reached(after)
    goes = [one for name, one in was.items() if _build(is_now.get(name)) != _build(one)]
    comes = [one for name, one in is_now.items() if _build(was.get(name)) != _build(one)]
    return Supposed(
        bytes_of(was.values()),
        bytes_of(is_now.values()),
        _by_weight(goes),
        _by_weight(comes),
        tuple(_staying(before, after, change)),
        tuple(basis),
    )


def dropped(before: Graph, change: Change, markers: Mapping[str, str]) -> Graph:
    """The graph after requirements went and none came."""
    return graph_of(before.parts.values(), changed_asks(before, change), markers)


def _dropped_extras(change: Change, name: str) -> frozenset[str]:
    """The extras of a name that go."""
    named = [parsed(text) for text in change.drops if "[" in text]
    return frozenset(extra for one in named if canonicalize_name(one.name) == name for extra in extras_of(one))


def _check(graph: Graph, change: Change) -> None:
    """Raise UsageError with all names that are not there."""
    problems = []
    groups = {ask.group for ask in graph.asks.values()}
    asked = {ask.name for ask in graph.asks.values()}
    for name in change.drops:
        plain = canonicalize_name(parsed(name).name)
        if plain not in asked and plain not in graph.parts:
            problems.append(f"{name} is not asked for{_near(plain, asked)}")
    unknown = [name for name in change.groups if name not in groups]
    problems += [f"no extra or group is called {name}{_near(name, groups)}" for name in unknown]
    if problems:
        raise UsageError("\n".join(problems), advice="See what there is: deadweight deps cost")


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(filter(None, known)), 3)
    return f"; did you mean {', '.join(near)}?" if near else ""


def parsed(text: str) -> Requirement:
    """What a person wrote as a requirement; raises UsageError for what is none."""
    try:
        return Requirement(text)
    except InvalidRequirement as fault:
        raise UsageError(f"{text!r} is no requirement", advice="Write NAME or NAME[EXTRA].") from fault


def _without(ask: Ask, extras: frozenset[str]) -> Ask:
    """The ask without some of its extras."""
    if not extras:
        return ask
    requirement = Requirement(ask.requirement)
    requirement.extras = {extra for extra in requirement.extras if canonicalize_name(extra) not in extras}
    return replace(ask, requirement=str(requirement))


def _added(text: str) -> Ask:
    return Ask(canonicalize_name(parsed(text).name), str(parsed(text)), said="to be added")


def _reached(graph: Graph) -> Mapping[str, Part]:
    names = sorted({node.name for node in graph.demands if node.kind is Kind.DISTRIBUTION})
    return {name: graph.parts[name] for name in names if name in graph.parts}


def _build(part: Part | None) -> tuple[str, str] | None:
    return (part.name, part.version) if part else None


def _by_weight(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda one: (-(one.size or one.download or 0), one.name)))


def _staying(before: Graph, after: Graph, change: Change) -> Iterable[Staying]:
    """What was dropped by name, and members of dropped groups, that something else still asks for."""
    named = [canonicalize_name(parsed(name).name) for name in change.drops if "[" not in name]
    members = [ask.name for ask in before.asks.values() if ask.group in change.groups]
    for name in dict.fromkeys((*named, *members)):
        chain = tuple(step for step, _ in chain_names(after, Node(Kind.DISTRIBUTION, name)))
        if chain:
            yield Staying(name, chain)
