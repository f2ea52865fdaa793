"""Demands that are not met: of what is missing, and of another version than the one that is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from deadweight.dependencies.graph import Graph
from deadweight.dependencies.node import Demand, Kind, Node, Part


@dataclass(frozen=True, slots=True)
class Want:
    """One demand: its text, who makes it, the chain of names from what is asked for to that, empty for unasked parts.

    `is_met` is whether what is there satisfies it.
    """

    requirement: str
    by: str
    chain: tuple[str, ...]
    is_met: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A distribution of which at least one demand is not met; `version` is empty where it is missing.

    `is_contradictory` is whether no version could meet all demands.
    """

    name: str
    version: str
    wants: tuple[Want, ...]
    is_contradictory: bool

    @property
    def says(self) -> str:
        """The fault in a sentence."""
        who = ", ".join(f"{one.by} wants {one.requirement}" for one in self.wants if not one.is_met)
        there = f"{self.name} {self.version} is there" if self.version else f"{self.name} is not there"
        more = "; no version meets all who ask" if self.is_contradictory else ""
        return f"{there}, and {who}{more}"


def conflicts(graph: Graph) -> tuple[Conflict, ...]:
    """Every distribution of which a demand is not met, by name; with all its demands, those that are met too.

    What `pip check` looks at, and besides the extras that are asked for and what the project itself states.
    """
    return tuple(_conflicts(graph))


def _conflicts(graph: Graph) -> Iterator[Conflict]:
    for name in sorted(graph.demanded):
        part = graph.parts.get(name)
        demands = graph.demanded[name]
        if not all(is_met(one.requirement, part) for one in demands):
            wants = tuple(dict.fromkeys(_want(graph, one, part) for one in demands))
            contradictory = is_contradictory(one.requirement for one in demands)
            yield Conflict(name, part.version if part else "", wants, contradictory)


def is_met(requirement: str, part: Part | None) -> bool:
    """Whether the part satisfies the requirement, pre-releases too: what is installed was chosen already.

    One that names a URL is met by any version.
    """
    parsed = Requirement(requirement)
    if part is None:
        return False
    return not part.version or bool(parsed.url) or allows(parsed.specifier, part.version)


def allows(specifier: SpecifierSet, version: str) -> bool:
    """Whether the specifier allows the version; one that is no version (PEP 440) only where anything is allowed."""
    try:
        return specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return not len(specifier)


def is_contradictory(requirements: Iterable[str]) -> bool:
    """Whether no version at all meets all the requirements."""
    joined = SpecifierSet()
    for text in requirements:
        parsed = Requirement(text)
        if not parsed.url:
            joined &= parsed.specifier
    return joined.is_unsatisfiable()


def _want(graph: Graph, demand: Demand, part: Part | None) -> Want:
    chain = tuple(name for name, _ in chain_names(graph, demand.by))
    by = _called(graph, demand.by)
    return Want(demand.requirement, by, chain, is_met(demand.requirement, part))


def _called(graph: Graph, node: Node) -> str:
    if node.kind is Kind.ASK:
        return graph.asks[node].said or "the project"
    part = graph.parts.get(node.name)
    return f"{node} {part.version}".rstrip() if part else str(node)


def chain_names(graph: Graph, node: Node) -> Iterator[tuple[str, str]]:
    """The distributions and extras on the shortest way from the root to the node, each with the requirement for it."""
    for demand in graph.chain(node):
        if demand.on.kind in (Kind.DISTRIBUTION, Kind.EXTRA):
            yield str(demand.on), demand.requirement
