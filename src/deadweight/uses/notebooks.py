"""What the cells of notebooks import, and what they install."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from deadweight.core.gap import Gap
from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.named_imports import could_name, named_imports
from deadweight.facts.notebook_cells import Cell, cells
from deadweight.facts.project_bodies import text_of
from deadweight.facts.python_imports import Spot, imports, use

NAME = "notebooks"


def find(project: Project) -> Iterator[Usage]:
    """Every import of every cell; a notebook beside sources is developers' work, one without them is what runs."""
    runs = not any(project.role_of(path) is Role.CORE for path in project.python)
    for path in project.matching("*.ipynb"):
        role = project.role_of(path)
        spot = Spot(path, Role.DEVELOPMENT if role is Role.CORE and not runs else role)
        try:
            found = list(cells(text_of(project, path, NAME) or '{"cells": []}'))
        except (ValueError, AttributeError, RecursionError) as fault:
            project.note(Gap(NAME, path, f"it is no notebook that can be read: {fault}"))
            continue
        yield from chain.from_iterable(_in_cell(project, cell, spot) for cell in found)


def _in_cell(project: Project, cell: Cell, spot: Spot) -> Iterator[Usage]:
    here = Spot(spot.path, spot.role, key=f"cell {cell.number}")
    for name in cell.installs:
        yield Usage("is installed by a cell", here.place(0), NAME, here.role, Strength.HINT, distribution=name)
    tree = project.parsed(spot.path, cell.text).tree
    if tree is None:
        return
    yield from imports(tree, here, NAME)
    if could_name(cell.text):
        for one in named_imports(tree, here, {}):
            if one.module:
                yield use(one.module, one.says, here.place(one.line), (one.role, one.strength), NAME)


EVIDENCE: Evidence = Evidence(NAME, "imports in the cells of notebooks", find)
