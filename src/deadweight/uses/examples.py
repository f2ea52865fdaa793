"""What examples import: fenced code and code blocks of pages, doctests of pages and of docstrings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.example_code import Example, doctests, examples
from deadweight.facts.project_bodies import text_of
from deadweight.facts.python_imports import Spot, imports
from deadweight.facts.tree_parts import tree_of

NAME = "examples"


def find(project: Project) -> Iterator[Usage]:
    """Every import of an example: a hint, for nobody has to run it."""
    for path in project.matching("*.md", "*.rst"):
        yield from _used(path, examples(text_of(project, path, NAME)))
    for source in project.sources:
        if ">>>" in source.text:
            yield from _used(source.path, doctests(source.text))


def _used(path: str, found: Iterable[Example]) -> Iterator[Usage]:
    for example in found:
        if "import" in example.text and (tree := tree_of(example.text)):
            spot = Spot(path, Role.DOCUMENTATION, example.line - 1)
            for use in imports(tree, spot, NAME):
                yield replace(use, says="is imported by an example", strength=Strength.HINT)


EVIDENCE: Evidence = Evidence(NAME, "imports in examples of pages and docstrings", find)
