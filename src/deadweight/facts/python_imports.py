"""The import statements of a Python source, each with what it takes to get there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from deadweight.core.requirement import Place, Role
from deadweight.core.usage import Strength, Usage
from deadweight.facts.statements import Context, statements

LATE = "is imported when a function is called"
"""What is said of an import in a function."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a piece of Python stands, and what it is for; `offset` lines stand before it in the file."""

    path: str
    role: Role
    offset: int = 0
    key: str = ""

    def place(self, line: int) -> Place:
        """The place of a line of the piece."""
        return Place(self.path, 0 if self.key else self.offset + line, self.key)


def imports(tree: ast.Module, spot: Spot, evidence: str) -> Iterator[Usage]:
    """One use for each module that a statement imports, relative imports left out; a name taken from it is a part."""
    for node, context in statements(tree):
        for module in dict.fromkeys(_modules(node)):
            yield use(module, says(context), spot.place(node.lineno), in_context(spot.role, context), evidence)


def use(module: str, says: str, place: Place, means: tuple[Role, Strength], evidence: str) -> Usage:
    """A use of the module, with its role and strength."""
    role, strength = means
    return Usage(says, place, evidence, role=role, strength=strength, module=module)


def in_context(role: Role, context: Context) -> tuple[Role, Strength]:
    """What a use there is for, and how much it says."""
    return (
        Role.TYPING if context.is_typing and role.runs else role,
        Strength.OPTIONAL if context.is_optional else Strength.NEEDED,
    )


def says(context: Context) -> str:
    """How a module is imported there."""
    if context.is_typing:
        return "is imported for type checkers alone"
    if context.is_optional:
        return "is imported where it is there"
    return LATE if context.is_deferred else "is imported"


def _modules(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
        for one in node.names:
            yield node.module if one.name == "*" else f"{node.module}.{one.name}"
