"""The lists that a project's requirements are split into, each with its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from deadweight.core.requirement import Declared, Role
from deadweight.core.usage import Strength, Usage
from deadweight.facts.known_tools import category

CORE = "core"
NAMES: Mapping[Role, str] = MappingProxyType(
    {
        Role.CORE: CORE,
        Role.TEST: "test",
        Role.DOCUMENTATION: "docs",
        Role.TYPING: "typing",
        Role.BUILD: "build",
        Role.DEVELOPMENT: "dev",
    }
)
"""The list of each role but extras, which have one each."""
_TOOLS: Mapping[str, Role] = MappingProxyType(
    {
        "test framework": Role.TEST,
        "documentation generator": Role.DOCUMENTATION,
        "type checker": Role.TYPING,
        "build tool": Role.BUILD,
    }
)


def list_of(one: Declared) -> str:
    """The list that a requirement is in as it is declared."""
    return f"extra-{one.group}" if one.role is Role.EXTRA else NAMES[one.role]


def list_for(role: Role) -> str:
    """The list of what is used so; an extra's use is one at run time."""
    return NAMES.get(role, CORE)


def role_of_tool(name: str) -> Role | None:
    """What a known tool of development is for, None for what is no such tool."""
    kind = category(name)
    return _TOOLS.get(kind, Role.DEVELOPMENT) if kind else None


def foremost(uses: Iterable[Usage]) -> Role | None:
    """What the uses are for: run time before all else, and what is needed before what is optional."""
    several = tuple(uses)
    needed = [one.role for one in several if one.strength is Strength.NEEDED] or [one.role for one in several]
    return min(needed, key=tuple(Role).index, default=None)


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """The lists in the order of the work: the core, its extras, then those of development."""
    known = tuple(NAMES.values())
    return tuple(sorted(set(names), key=lambda name: (known.index(name) if name in known else 0.5, name)))
