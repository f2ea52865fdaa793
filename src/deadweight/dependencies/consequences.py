"""What dropping requirements frees, and demands that what is installed does not meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from deadweight.core.project import Project
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.conflicts import Conflict, conflicts
from deadweight.dependencies.cost import freed_without, held_by
from deadweight.dependencies.graph import Graph, graph_of
from deadweight.dependencies.node import Node
from deadweight.dependencies.parts import parts_of_environment
from deadweight.dependencies.roots import roots_of_project


@dataclass(frozen=True)
class Consequences:
    """What hangs on a project's requirements in its environment; without one nothing is known."""

    project: Project

    def freed(self, names: Iterable[str]) -> int | None:
        """The bytes on disk that go when all the requirements of the names do, None where that is not known."""
        asks = frozenset(node for node in self._graph.asks if node.name in set(names)) if self._graph else frozenset()
        if not asks or self._graph is None:
            return None
        sizes = [self._graph.parts[name].size for name in freed_without(self._holders, asks)]
        return sum(size or 0 for size in sizes)

    def unmet(self) -> Iterator[Verdict]:
        """A verdict for each demand that a requirement of the project leads to and that is not met."""
        for one in conflicts(self._graph) if self._graph else ():
            if any(not want.is_met and (want.chain or one.name in self.project.declared) for want in one.wants):
                yield _verdict(self.project, one)

    @cached_property
    def _graph(self) -> Graph | None:
        environment = self.project.environment
        if environment is None:
            return None
        parts = parts_of_environment(environment)
        asks = roots_of_project(self.project.declarations, parts, environment.markers).asks
        return graph_of(parts, asks, environment.markers)

    @cached_property
    def _holders(self) -> Mapping[str, frozenset[Node]]:
        return held_by(self._graph) if self._graph else {}


def _verdict(project: Project, one: Conflict) -> Verdict:
    fault = Fault.CONFLICTING if one.is_contradictory else Fault.UNMET
    places = tuple(item.place for item in project.declarations.items if item.name == one.name)
    advice = (
        "loosen one of the demands" if one.is_contradictory else "install what is asked for, or ask for what is there"
    )
    chains = {" -> ".join(want.chain) for want in one.wants if not want.is_met and len(want.chain) > 1}
    says = one.says + (f" (by {'; '.join(sorted(chains))})" if chains else "")
    return Verdict(fault, one.name, says, advice, places)
