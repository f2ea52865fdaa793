"""Import statements of Python sources and of stubs: plain, guarded, for type checkers, in functions."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.project import Project
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts import python_text
from deadweight.facts.python_imports import Spot, imports, use

NAME = "imports"


def find(project: Project) -> Iterator[Usage]:
    """Every import of every source; those of a source that cannot be parsed are read from its text."""
    for path in (*project.python, *project.matching("*.pyi")):
        source = project.source(path)
        if source.tree is None:
            yield from _as_text(source.text, Spot(path, source.role))
        else:
            yield from imports(source.tree, Spot(path, source.role), NAME)


def _as_text(text: str, spot: Spot) -> Iterator[Usage]:
    for one in python_text.read(text.encode("utf-8", "replace")).statements:
        if one.dots:
            continue
        strength = Strength.OPTIONAL if one.guarded else Strength.NEEDED
        for name in one.names or ("",):
            module = f"{one.module}.{name}".strip(".") if name != "*" else one.module
            yield use(module, "is imported", spot.place(one.line), (spot.role, strength), NAME)


EVIDENCE: Evidence = Evidence(NAME, "import statements of Python sources and stubs", find)
