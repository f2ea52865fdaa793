"""Which distributions only a given set of others needs: what may go when those go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deadweight.core.scene import Scene
from deadweight.facts.application_imports import APPLICATION_IMPORTS
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.programs import PROGRAMS
from deadweight.facts.requirement_graph import REQUIREMENTS, Need, RequirementGraph
from deadweight.facts.sources import SOURCES, application
from deadweight.facts.tool_modules import TOOL_MODULES

_SCRIPTS = ("console_scripts", "gui_scripts")


@dataclass(frozen=True, slots=True)
class Bundle:
    """Distributions that go together: those that exactly the tools `roots` need, all by their dist-info."""

    roots: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(slots=True)
class _Parting:
    scene: Scene
    graph: RequirementGraph
    by_info: Mapping[str, Distribution]
    tools: frozenset[str]
    reach: frozenset[str]
    kept: set[str] = field(default_factory=set)

    def keep(self, infos: Iterable[str]) -> None:
        self.kept |= self.graph.closure(infos)


def bundles(scene: Scene, tools: Iterable[str]) -> tuple[Bundle, ...]:
    """The tools that nothing else needs, with all that only they need, one bundle for each set of roots.

    Kept with all that they need: what is no tool and no tool needs; what the installer noted as asked for and is no
    tool; what the application imports; what the command of the artifact names; what a kept distribution imports
    without requiring it; what an extra brings of which one part is kept; plug-ins of what is kept.
    """
    by_info = {one.info: one for one in scene.ask(DISTRIBUTIONS)}
    graph = scene.ask(REQUIREMENTS)
    named = frozenset(tools)
    parting = _Parting(scene, graph, by_info, named, graph.closure(named))
    parting.keep(info for info in by_info if info not in parting.reach)
    parting.keep(_wanted(parting))
    _settle(parting)
    return tuple(_bundled(parting))


def _wanted(parting: _Parting) -> Iterator[str]:
    imported = parting.scene.ask(APPLICATION_IMPORTS)
    programs = parting.scene.ask(PROGRAMS)
    for info in parting.reach:
        one = parting.by_info[info]
        if one.requested and info not in parting.tools:
            yield info
        scripts = {name for group in _SCRIPTS for name in one.entry_points.get(group, {})}
        if imported.keys() & set(one.modules) or programs & {*scripts, *one.modules}:
            yield info


def _settle(parting: _Parting) -> None:
    """Keep what the kept need besides their requirements, until nothing is added."""
    imports = _imports(parting)
    while True:
        leaving = parting.reach - parting.kept
        more = {info for info in leaving if _is_used(parting, info, imports)}
        more |= {need.on for info in parting.kept for need in _extras(parting, info)} & leaving
        if not more:
            return
        parting.keep(more)


def _imports(parting: _Parting) -> Mapping[str, set[tuple[str, bool]]]:
    """By top-level module: the distributions that import it, and whether at the top of a module of theirs."""
    found: dict[str, set[tuple[str, bool]]] = {}
    for source in parting.scene.ask(SOURCES).values():
        for names, hard in ((source.imports, True), (source.nested, False)):
            for name in names:
                found.setdefault(name.partition(".")[0], set()).add((source.distribution, hard))
    return found


def _is_used(parting: _Parting, info: str, imports: Mapping[str, set[tuple[str, bool]]]) -> bool:
    """Whether kept code imports the distribution (a tool only counts where the import is not guarded), or plugs it in.

    Which setuptools a kept distribution imports is build code, but pkg_resources is run-time code.
    """
    one = parting.by_info[info]
    if info in parting.tools:
        run_time = imports.get("pkg_resources", set()) if one.name == "setuptools" else set()
        return _is_reached(parting, info) or any(hard and by in parting.kept for by, hard in run_time)
    if any(by in parting.kept for module in one.modules for by, _ in imports.get(module, ())):
        return True
    hosts = {module for kept in parting.kept for module in parting.by_info[kept].modules}
    groups = {group.partition(".")[0] for group in one.entry_points if group not in _SCRIPTS}
    return bool(groups & hosts)


def _is_reached(parting: _Parting, tool: str) -> bool:
    """Whether a top-level module of something kept, or a module that the application imports, leads to the tool."""
    needing = parting.scene.ask(TOOL_MODULES)
    names = {module for info in parting.kept for module in parting.by_info[info].modules}
    names.update(*(one.imports | one.nested for one in application(parting.scene.ask(SOURCES).values())))
    return any(tool in needing[name] for name in names & needing.keys())


def _extras(parting: _Parting, info: str) -> Iterator[Need]:
    """The needs of extras of a kept distribution that tools alone do not explain."""
    by_extra: dict[str, list[Need]] = {}
    for need in parting.graph.optional.get(info, ()):
        by_extra.setdefault(need.extra, []).append(need)
    for needs in by_extra.values():
        if any(need.on not in parting.reach for need in needs):
            yield from (need for need in needs if need.on not in parting.tools)


def _bundled(parting: _Parting) -> Iterator[Bundle]:
    leaving = parting.reach - parting.kept
    graph = parting.graph
    reached = {tool: graph.closure([tool]) for tool in sorted(parting.tools & leaving)}
    roots = [tool for tool in reached if not _is_below(tool, reached)]
    groups: dict[tuple[str, ...], list[str]] = {}
    for info in sorted(leaving):
        groups.setdefault(tuple(root for root in roots if info in reached[root]), []).append(info)
    yield from (Bundle(needed_by, tuple(members)) for needed_by, members in sorted(groups.items()))


def _is_below(tool: str, reached: Mapping[str, frozenset[str]]) -> bool:
    """Whether another tool needs this one; of two that need each other the first by name is above."""
    return any(
        tool in below and (other not in reached[tool] or other < tool)
        for other, below in reached.items()
        if other != tool
    )
