"""The graph of requirements as the rows of a tree, each distribution unfolded once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from deadweight.core.errors import UsageError
from deadweight.dependencies.bytes import bytes_of
from deadweight.dependencies.conflicts import is_met
from deadweight.dependencies.cost import dominated
from deadweight.dependencies.graph import Graph
from deadweight.dependencies.node import ROOT, Demand, Kind, Node


class Mark(StrEnum):
    """Why a row is not unfolded, or is at fault."""

    NONE = ""
    AGAIN = "again"
    CYCLE = "cycle"
    MISSING = "missing"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: how deep it stands, the distribution or extra, the requirement for it, its own and retained bytes.

    `place` is where it is asked for, for a row at the top. `hidden` counts what the depth asked for leaves out.
    """

    depth: int
    name: str
    version: str = ""
    requirement: str = ""
    size: int | None = None
    retained: int | None = None
    mark: Mark = Mark.NONE
    place: str = ""
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """How the tree is wanted: `why` is a name that all rows lead to, `invert` whether it stands at the top."""

    why: str = ""
    invert: bool = False
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """The demands that are walked: below each node, and the nodes that are shown."""

    graph: Graph
    below: Mapping[Node, tuple[Demand, ...]]
    shown: frozenset[Node] | None
    retained: Mapping[Node, tuple[str, ...]]


def tree(graph: Graph, asked: Asked) -> tuple[Row, ...]:
    """The rows in the order in which a tree is drawn; raises UsageError for a name that is not in it."""
    way, starts = _way(graph, asked)
    rows: list[Row] = []
    opened: set[Node] = set()
    stack = [(demand, 0, frozenset[Node]()) for demand in reversed(starts)]
    while stack:
        demand, depth, above = stack.pop()
        node = _target(demand, asked)
        following = _following(way, node)
        mark = _mark(way, demand, node, above) or (Mark.AGAIN if node in opened and following else Mark.NONE)
        folded = bool(following) and asked.depth is not None and depth >= asked.depth
        rows.append(_row(way, demand, node, (depth, mark, len(following) if folded and not mark else 0)))
        if not folded and mark in (Mark.NONE, Mark.CONFLICT) and node not in opened:
            opened.add(node)
            stack.extend((one, depth + 1, above | {node}) for one in reversed(following))
    return tuple(rows)


def _way(graph: Graph, asked: Asked) -> tuple[_Way, tuple[Demand, ...]]:
    retained = dominated(graph)
    if asked.invert:
        return _Way(graph, _inverted(graph), None, retained), _inverted_starts(graph, asked)
    shown = _leading_to(graph, asked.why) if asked.why else None
    way = _Way(graph, graph.demands, shown, retained)
    return way, tuple(one for node in graph.demands[ROOT] for one in _asked_demands(way, node.on))


def _asked_demands(way: _Way, requirement: Node) -> Iterator[Demand]:
    """The demands of all asks of one requirement, each once."""
    seen: set[Node] = set()
    for ask in way.graph.demands[requirement]:
        for demand in way.below[ask.on]:
            if demand.on not in seen and (way.shown is None or demand.on in way.shown):
                seen.add(demand.on)
                yield demand


def _following(way: _Way, node: Node) -> list[Demand]:
    """The demands below a node that are shown, each node once."""
    found = {(one.by if one.on == node else one.on): one for one in way.below.get(node, ())}
    return [one for target, one in found.items() if way.shown is None or target in way.shown]


def _target(demand: Demand, asked: Asked) -> Node:
    return demand.by if asked.invert and demand.by != ROOT else demand.on


def _inverted(graph: Graph) -> Mapping[Node, tuple[Demand, ...]]:
    found: dict[Node, list[Demand]] = {}
    for demand in (one for every in graph.demands.values() for one in every if one.by.kind is not Kind.ROOT):
        if demand.on.kind in (Kind.DISTRIBUTION, Kind.EXTRA):
            found.setdefault(demand.on, []).append(demand)
    return {node: tuple(demands) for node, demands in found.items()}


def _inverted_starts(graph: Graph, asked: Asked) -> tuple[Demand, ...]:
    """The name that was asked for, or everything that demands nothing."""
    if asked.why:
        return tuple(Demand(ROOT, node) for node in sorted(_called(graph, asked.why)))
    leaves = (node for node, demands in graph.demands.items() if node.kind is Kind.DISTRIBUTION and not demands)
    return tuple(Demand(ROOT, node) for node in sorted(leaves))


def _called(graph: Graph, name: str) -> list[Node]:
    """The nodes of a name, written as `name` or `name[extra]`."""
    from difflib import get_close_matches

    from packaging.utils import canonicalize_name

    plain = "[".join(canonicalize_name(part.rstrip("]")) for part in name.split("[")) + ("]" if "[" in name else "")
    nodes = [one for one in graph.demands if one.kind in (Kind.DISTRIBUTION, Kind.EXTRA) and str(one) == plain]
    if nodes:
        return nodes
    if plain in graph.parts:
        raise UsageError(f"nothing asks for {plain}; it is there all the same")
    near = get_close_matches(plain, sorted({str(one) for one in graph.demands}), 3)
    raise UsageError(f"no distribution is called {name!r}", advice=f"Did you mean {', '.join(near)}?" if near else "")


def _leading_to(graph: Graph, name: str) -> frozenset[Node]:
    """The nodes on any way to a name, these too."""
    by: dict[Node, list[Node]] = {}
    for demand in (one for every in graph.demands.values() for one in every):
        by.setdefault(demand.on, []).append(demand.by)
    seen: set[Node] = set()
    waiting = _called(graph, name)
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(by.get(node, ()))
    return frozenset(seen)


def _mark(way: _Way, demand: Demand, node: Node, above: frozenset[Node]) -> Mark:
    part = way.graph.parts.get(demand.on.name)
    if node in above:
        return Mark.CYCLE
    if part is None:
        return Mark.MISSING
    return Mark.NONE if not demand.requirement or is_met(demand.requirement, part) else Mark.CONFLICT


def _row(way: _Way, demand: Demand, node: Node, placed: tuple[int, Mark, int]) -> Row:
    depth, mark, hidden = placed
    graph = way.graph
    part = graph.parts.get(node.name)
    ask = graph.asks.get(demand.by)
    if node.kind is Kind.ASK:
        return Row(depth, graph.asks[node].said or "the project", requirement=demand.requirement)
    frees = [graph.parts[name] for name in way.retained.get(node, ())]
    own = part.size if part and node.kind is Kind.DISTRIBUTION else None
    retained = bytes_of(frees).installed if node.kind in (Kind.DISTRIBUTION, Kind.EXTRA) else None
    place = ask.said if ask else ""
    return Row(depth, str(node), part.version if part else "", demand.requirement, own, retained, mark, place, hidden)
