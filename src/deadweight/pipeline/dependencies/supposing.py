"""Supposes a change of requirements: drops by the graph, the rest by the resolver or by what was measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.dependencies.graph import Graph, graph_of
from deadweight.dependencies.node import Ask, Part
from deadweight.dependencies.parts import download_of, preferred_tags
from deadweight.dependencies.what_if import Change, Supposed, changed_asks, dropped, parsed, supposed
from deadweight.facts.lighter_requirements import LIGHTER, Lighter
from deadweight.pipeline.dependencies.asked_graph import Opened

_BUILDS = frozenset(("cpu", "headless", "lighter"))
_GRAPH = "what goes is worked out from what is there: nothing was resolved"
_RESOLVED = "what is there afterwards was found by the resolver (uv), with versions kept where they fit"


@dataclass(frozen=True, slots=True)
class Question:
    """What if: requirements and groups that go, swaps as NAME=LIGHTER, requirements that are added."""

    drops: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    swaps: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked."""
        return not (self.drops or self.groups or self.swaps or self.adds)


def suppose(opened: Opened, question: Question) -> Supposed:
    """What the change comes to; raises UsageError for names that are not there, Lacking where uv is needed and not."""
    graph = opened.graph
    known = [_known(swap) for swap in question.swaps]
    change = Change(question.drops, question.groups, question.adds)
    if question.adds or None in known:
        swaps = [swap for swap, table in zip(question.swaps, known, strict=True) if table is None]
        return _resolved(opened, graph, change, _swapped_asks(changed_asks(graph, change), swaps))
    tables = [one for one in known if one is not None]
    after = _lightened(dropped(graph, change, opened.markers), tables, opened.markers)
    return supposed(graph, after, change, (_GRAPH, *(_measured(one) for one in tables)))


def _known(swap: str) -> Lighter | None:
    """The row of the table that a swap means, None where it names something else."""
    name, equals, lighter = swap.partition("=")
    if not (name.strip() and equals and lighter.strip("= ")):
        raise UsageError(f"{swap!r} is no swap", where="--swap", advice="Write NAME=LIGHTER: torch=cpu, or a=b.")
    plain, wanted = canonicalize_name(name.strip()), lighter.strip()
    row = next((one for one in LIGHTER if one.heavy == plain and not one.through), None)
    if row is not None and (wanted in _BUILDS or canonicalize_name(wanted) == row.lighter):
        return row
    if wanted in _BUILDS:
        raise UsageError(f"no lighter build of {plain} is known", where="--swap", advice=f"Name it: {plain}=OTHER")
    return None


def _measured(one: Lighter) -> str:
    heavy, light = (f"{count / 1_000_000:,.0f} MB" for count in one.download)
    return (
        f"{one.swap}: measured elsewhere, {heavy} to download with all it brings, {light} instead; if {one.condition}"
    )


def _lightened(graph: Graph, rows: Iterable[Lighter], markers: Mapping[str, str]) -> Graph:
    """The graph with the lighter parts in place of the heavy ones, without what comes along for a GPU."""
    for row in rows:
        heavy = graph.parts.get(row.heavy)
        if heavy is None:
            raise UsageError(f"{row.heavy} is not there", where="--swap", advice="See what is: deadweight deps tree")
        if row.is_build and heavy.version.endswith("+cpu"):
            raise UsageError(f"{heavy.name} {heavy.version} is the build for the processor", where="--swap")
        asks = [_renamed(ask, row) for ask in graph.asks.values()]
        graph = graph_of([*graph.parts.values(), *_lighter(heavy, row)], asks, markers)
    return graph


def _lighter(heavy: Part, row: Lighter) -> Iterator[Part]:
    """The lighter part, which needs what the heavy one needs but for the libraries of a GPU."""
    version = heavy.version if not row.is_build else f"{heavy.version.partition('+')[0]}+cpu"
    kept = tuple(line for line in heavy.requires if not _is_gpu(line, row))
    yield Part(row.lighter, version, None, row.download[1], kept)


def _is_gpu(line: str, row: Lighter) -> bool:
    name = re.match(r"[A-Za-z0-9._-]+", line)
    return bool(row.gpu_libraries and name and re.fullmatch(row.gpu_libraries, canonicalize_name(name[0])))


def _renamed(ask: Ask, row: Lighter) -> Ask:
    """The ask for the lighter one, where it names the heavy one."""
    if ask.name != row.heavy or row.is_build:
        return ask
    requirement = Requirement(ask.requirement)
    requirement.name = row.lighter
    return replace(ask, name=row.lighter, requirement=str(requirement))


def _swapped_asks(asks: Iterable[Ask], swaps: Iterable[str]) -> tuple[Ask, ...]:
    """The asks with those of swapped names asking for the other one."""
    named: dict[str, Requirement] = {}
    for swap in swaps:
        name, _, other = swap.partition("=")
        named[canonicalize_name(name.strip())] = parsed(other.strip())
    return tuple(
        Ask(canonicalize_name(named[one.name].name), str(named[one.name]), one.group, one.said)
        if one.name in named
        else one
        for one in asks
    )


def _resolved(opened: Opened, before: Graph, change: Change, asks: tuple[Ask, ...]) -> Supposed:
    """What the resolver finds for what is asked for then, keeping the versions that are there."""
    from deadweight.pipeline.dependencies.downloads import resolved
    from deadweight.requirements.uv import find_uv

    found = resolved(opened, asks, find_uv())
    order = preferred_tags(opened.markers)
    parts = [
        _part(before, pin.name, pin.version, download_of(pin, order), _needed_by(found.via, pin.name))
        for pin in found.pins
    ]
    bare = [replace(ask, requirement=ask.name) for ask in asks]
    return supposed(before, graph_of(parts, bare, opened.markers), change, (_RESOLVED,))


def _needed_by(via: Mapping[str, tuple[str, ...]], asker: str) -> tuple[str, ...]:
    """The names that the resolver notes to be there because of who asks."""
    return tuple(
        name for name, askers in via.items() if asker in {canonicalize_name(one.split("[")[0]) for one in askers}
    )


def _part(before: Graph, name: str, version: str, download: int | None, requires: tuple[str, ...]) -> Part:
    """A pin as a part; one that is there already has its size on disk."""
    here = before.parts.get(name)
    size = here.size if here is not None and here.version == version else None
    return Part(name, version, size, download, requires)
