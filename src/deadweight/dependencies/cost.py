"""What each requirement, extra and group costs: its own bytes, all that it brings, and what goes when it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from deadweight.core.gap import Gap
from deadweight.dependencies.bytes import Bytes, bytes_of
from deadweight.dependencies.dominators import immediate_dominators, reverse_postorder
from deadweight.dependencies.graph import Graph
from deadweight.dependencies.node import ROOT, Kind, Node, Part


@dataclass(frozen=True, slots=True)
class Cost:
    """What one thing that is asked for costs.

    `closure` is all that it leads to, `retained` what nothing else leads to and dropping it frees; `frees` are the
    names of that. `groups` are the extras and groups that ask for it, empty text for the core. `apart` is what the
    members of a group would free one by one: together they free as much and more.
    """

    name: str
    groups: tuple[str, ...]
    own: Bytes
    closure: Bytes
    retained: Bytes
    frees: tuple[str, ...] = ()
    apart: Bytes = field(default_factory=Bytes)


@dataclass(frozen=True, slots=True)
class Held:
    """What several requirements hold together, and goes only when all of them do."""

    holders: tuple[str, ...]
    held: Bytes
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Costs:
    """The costs of all that is asked for, largest first.

    The retained bytes of the requirements, the `shared` ones and the `unasked` ones add up to the `whole`.
    """

    location: str
    whole: Bytes
    requirements: tuple[Cost, ...]
    extras: tuple[Cost, ...]
    groups: tuple[Cost, ...]
    shared: tuple[Held, ...]
    unasked: Cost
    missing: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def shared_bytes(self) -> Bytes:
        """What no requirement holds alone."""
        return sum((one.held for one in self.shared), Bytes())


def costs(graph: Graph, location: str) -> Costs:
    """The costs of everything that the graph's root asks for."""
    frees = dominated(graph)
    nodes = [one.on for one in graph.demands[ROOT]]
    holders = held_by(graph)
    requirements = _sorted(_requirement(graph, node, frees[node]) for node in nodes)
    return Costs(
        location,
        bytes_of(graph.parts.values()),
        requirements,
        _sorted(_extra(graph, node, names) for node, names in frees.items() if node.kind is Kind.EXTRA),
        _sorted(_group(graph, group, holders) for group in dict.fromkeys(ask.group for ask in graph.asks.values())),
        _shared(graph, holders),
        _cost(graph, "", (), (), [one.name for one in graph.unasked]),
        tuple(sorted(graph.missing)),
        graph.gaps,
    )


def dominated(graph: Graph) -> Mapping[Node, tuple[str, ...]]:
    """For each node the names of the parts that go when it does: those that every way from the root leads over it to.

    Its own is among them. By the tree of dominators, so that cycles need nothing special.
    """
    successors = {node: [one.on for one in demands] for node, demands in graph.demands.items()}
    above = immediate_dominators(successors, ROOT)
    found: dict[Node, list[str]] = {node: [] for node in above}
    for node in reversed(reverse_postorder({**_children(above)}, ROOT)):
        if node.kind is Kind.DISTRIBUTION and node.name in graph.parts:
            found[node].append(node.name)
        if node != ROOT:
            found[above[node]].extend(found[node])
    return {node: tuple(sorted(names)) for node, names in found.items()}


def _children(above: Mapping[Node, Node]) -> Mapping[Node, list[Node]]:
    children: dict[Node, list[Node]] = {}
    for node, parent in above.items():
        if node != parent:
            children.setdefault(parent, []).append(node)
    return children


def held_by(graph: Graph) -> Mapping[str, frozenset[Node]]:
    """For each part the asks that lead to it: it goes when all of them do."""
    found: dict[str, set[Node]] = {}
    for ask in graph.asks:
        for node in graph.below([ask]):
            if node.kind is Kind.DISTRIBUTION and node.name in graph.parts:
                found.setdefault(node.name, set()).add(ask)
    return {name: frozenset(asks) for name, asks in found.items()}


def freed_without(holders: Mapping[str, frozenset[Node]], asks: frozenset[Node]) -> tuple[str, ...]:
    """The names of the parts that go when all of the asks do, sorted."""
    return tuple(sorted(name for name, held in holders.items() if held <= asks))


def _requirement(graph: Graph, node: Node, frees: tuple[str, ...]) -> Cost:
    groups = tuple(dict.fromkeys(ask.group for ask in graph.asks.values() if ask.name == node.name))
    return _cost(graph, node.name, groups, _names_below(graph, [node]), frees)


def _extra(graph: Graph, node: Node, frees: Iterable[str]) -> Cost:
    return _cost(graph, str(node), (), _names_below(graph, [node]) - {node.name}, frees)


def _group(graph: Graph, group: str, holders: Mapping[str, frozenset[Node]]) -> Cost:
    """All that a group asks for; `apart` is the sum of what each of it holds alone."""
    asks = frozenset(node for node, ask in graph.asks.items() if ask.group == group)
    apart = [name for ask in asks for name in freed_without(holders, frozenset({ask}))]
    cost = _cost(graph, group, (group,), _names_below(graph, asks), freed_without(holders, asks))
    own = bytes_of(_parts(graph, {ask.name for ask in asks}))
    return Cost(group, (group,), own, cost.closure, cost.retained, cost.frees, bytes_of(_parts(graph, apart)))


def _cost(graph: Graph, name: str, groups: tuple[str, ...], closure: Iterable[str], frees: Iterable[str]) -> Cost:
    names = tuple(frees)
    own = bytes_of(_parts(graph, [name]))
    return Cost(name, groups, own, bytes_of(_parts(graph, closure)), bytes_of(_parts(graph, names)), names)


def _names_below(graph: Graph, nodes: Iterable[Node]) -> frozenset[str]:
    return frozenset(node.name for node in graph.below(nodes) if node.kind is Kind.DISTRIBUTION)


def _parts(graph: Graph, names: Iterable[str]) -> Iterable[Part]:
    return (graph.parts[name] for name in names if name in graph.parts)


def _shared(graph: Graph, holders: Mapping[str, frozenset[Node]]) -> tuple[Held, ...]:
    """What no requirement holds alone, by who holds it, largest first."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name, asks in sorted(holders.items()):
        names = tuple(sorted({ask.name for ask in asks}))
        if len(names) > 1:
            found.setdefault(names, []).append(name)
    held = (Held(names, bytes_of(_parts(graph, parts)), tuple(parts)) for names, parts in found.items())
    return tuple(sorted(held, key=lambda one: (-one.held.weight, one.holders)))


def _sorted(found: Iterable[Cost]) -> tuple[Cost, ...]:
    return tuple(sorted(found, key=lambda one: (-one.retained.weight, one.name)))
