"""Who demands what of whom: from what is asked for from outside, over extras, to every distribution."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deadweight.core.gap import Gap
from deadweight.dependencies.needs_of import Needs, extras_of
from deadweight.dependencies.node import ROOT, Ask, Demand, Kind, Node, Part


@dataclass(frozen=True)
class Graph:
    """The demands of each node that is reached from the root, in the order in which they are stated.

    A requirement node stands below the root, its asks below it, distributions and extras below those. An extra holds
    only what it adds: who asks for `fastapi[standard]` demands both nodes. `idle` are the demands of parts that nothing
    asks for, `missing` the names that are demanded and not there.
    """

    parts: Mapping[str, Part]
    demands: Mapping[Node, tuple[Demand, ...]]
    asks: Mapping[Node, Ask]
    idle: Mapping[Node, tuple[Demand, ...]] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()

    @cached_property
    def missing(self) -> frozenset[str]:
        """The names that are demanded and that no part has."""
        return frozenset(node.name for node in self.demands if node.kind is Kind.DISTRIBUTION) - self.parts.keys()

    @cached_property
    def unasked(self) -> tuple[Part, ...]:
        """The parts that nothing asks for, sorted."""
        reached = {node.name for node in self.demands if node.kind is Kind.DISTRIBUTION}
        return tuple(self.parts[name] for name in sorted(self.parts.keys() - reached))

    @cached_property
    def demanded(self) -> Mapping[str, tuple[Demand, ...]]:
        """The demands on each distribution, by its name, those of parts that nobody asks for too."""
        found: dict[str, list[Demand]] = {}
        for demand in (one for every in (*self.demands.values(), *self.idle.values()) for one in every):
            if demand.on.kind is Kind.DISTRIBUTION:
                found.setdefault(demand.on.name, []).append(demand)
        return {name: tuple(demands) for name, demands in found.items()}

    @cached_property
    def _parents(self) -> Mapping[Node, Demand]:
        """The demand by which each node is first reached, breadth first: the shortest chain."""
        found: dict[Node, Demand] = {}
        waiting = deque([ROOT])
        while waiting:
            for demand in self.demands.get(waiting.popleft(), ()):
                if demand.on not in found and demand.on != ROOT:
                    found[demand.on] = demand
                    waiting.append(demand.on)
        return found

    def chain(self, node: Node) -> tuple[Demand, ...]:
        """The shortest chain of demands from the root to the node; empty for one that nothing asks for."""
        found: list[Demand] = []
        while node in self._parents:
            found.append(self._parents[node])
            node = found[-1].by
        return tuple(reversed(found))

    def below(self, starts: Iterable[Node], without: frozenset[Node] = frozenset()) -> frozenset[Node]:
        """The nodes that the demands lead to from those that are given, these too; no way leads through `without`."""
        seen: set[Node] = set()
        waiting = [node for node in starts if node not in without]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(one.on for one in self.demands.get(node, ()) if one.on not in without)
        return frozenset(seen)


def graph_of(parts: Iterable[Part], asks: Iterable[Ask], markers: Mapping[str, str]) -> Graph:
    """The graph of the parts for what is asked for; asks whose marker does not hold on the target ask for nothing."""
    known = {one.name: one for one in parts}
    needs = Needs(markers)
    wanted = {node: ask for node, ask in _numbered(asks) if needs.holds(Requirement(ask.requirement))}
    demands = {**_from_outside(wanted)}
    _follow(known, needs, demands, [one.on for every in demands.values() for one in every])
    idle: dict[Node, tuple[Demand, ...]] = {}
    _follow(known, needs, idle, [node for name in known if (node := Node(Kind.DISTRIBUTION, name)) not in demands])
    return Graph(
        known, demands, wanted, {node: one for node, one in idle.items() if node not in demands}, tuple(needs.gaps)
    )


def _numbered(asks: Iterable[Ask]) -> Iterator[tuple[Node, Ask]]:
    counts: dict[str, int] = {}
    for ask in asks:
        counts[ask.name] = counts.get(ask.name, 0) + 1
        yield Node(Kind.ASK, ask.name, str(counts[ask.name])), ask


def _from_outside(wanted: Mapping[Node, Ask]) -> Mapping[Node, tuple[Demand, ...]]:
    """The root with a requirement for each name, and these with their asks."""
    found: dict[Node, tuple[Demand, ...]] = {ROOT: ()}
    for node, ask in wanted.items():
        requirement = Node(Kind.REQUIREMENT, ask.name)
        if requirement not in found:
            found[ROOT] += (Demand(ROOT, requirement),)
        found[requirement] = (*found.get(requirement, ()), Demand(requirement, node, ask.requirement))
        found[node] = tuple(_demands(node, Requirement(ask.requirement)))
    return found


def _follow(
    parts: Mapping[str, Part], needs: Needs, demands: dict[Node, tuple[Demand, ...]], waiting: list[Node]
) -> None:
    """Add the demands of every node that is waiting, and of what these lead to."""
    while waiting:
        node = waiting.pop()
        if node not in demands:
            demands[node] = tuple(_of(parts, needs, node))
            waiting.extend(one.on for one in demands[node])


def _of(parts: Mapping[str, Part], needs: Needs, node: Node) -> Iterator[Demand]:
    part = parts.get(node.name)
    if part is not None:
        for requirement in needs.of(part, node.part):
            yield from _demands(node, requirement)


def _demands(by: Node, requirement: Requirement) -> Iterator[Demand]:
    """The distribution that a requirement names, and its extras."""
    name, text = canonicalize_name(requirement.name), str(requirement)
    yield Demand(by, Node(Kind.DISTRIBUTION, name), text)
    yield from (Demand(by, Node(Kind.EXTRA, name, extra), text) for extra in extras_of(requirement))
