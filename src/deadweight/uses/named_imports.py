"""Modules that are imported by name: import_module, lazy loaders, find_spec, importorskip, what tests replace."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.gap import Gap
from deadweight.core.project import Project
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.environment_settings import environment_settings
from deadweight.facts.named_imports import NamedImport, could_name, named_imports
from deadweight.facts.python_imports import Spot, use

NAME = "named imports"


def find(project: Project) -> Iterator[Usage]:
    """Every module whose name can be told; a gap for one that only a run can tell, a hint by what it begins with."""
    settings = environment_settings(project)
    for source in project.sources:
        if source.tree is not None and could_name(source.text):
            spot = Spot(source.path, source.role)
            for one in named_imports(source.tree, spot, settings):
                yield from _used(project, one, spot)


def _used(project: Project, one: NamedImport, spot: Spot) -> Iterator[Usage]:
    begins = one.begins.rpartition(".")[0]
    if one.module:
        yield use(one.module, one.says, spot.place(one.line), (one.role, one.strength), NAME)
    elif begins.replace(".", "").isidentifier() and not one.begins.startswith("."):
        if begins.partition(".")[0] not in project.own:
            yield use(begins, "begins a name that is imported", spot.place(one.line), (one.role, Strength.HINT), NAME)
    elif not one.begins:
        project.note(Gap(NAME, str(spot.place(one.line)), "it imports a module whose name only a run can tell"))


EVIDENCE: Evidence = Evidence(NAME, "modules imported, asked for or replaced by their names", find)
