"""The lighter equivalents of what a project asks for, its own files being looked at where there is one."""

from __future__ import annotations

from deadweight.core.project import Project
from deadweight.dependencies.graph import Graph
from deadweight.dependencies.lighter import Proposal, candidates, proposals
from deadweight.facts.path_roles import role_of_path
from deadweight.pipeline.dependencies.asked_graph import Opened
from deadweight.requirements.project_files import project_files


def lighter(opened: Opened, graph: Graph) -> tuple[Proposal, ...]:
    """The proposals for a project; none for an environment or a lock alone, where no call site can be looked at."""
    folder = opened.folder
    if folder is None or not candidates(graph):
        return ()
    files = project_files(folder)
    project = Project(str(folder), files, lambda path: (folder / path).read_bytes(), role_of_path)
    return proposals(project, graph)
