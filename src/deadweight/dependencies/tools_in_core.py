"""Tools of development that are asked for by what runs in production."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Declarations, Declared, Role
from deadweight.core.usage import Usage
from deadweight.core.verdict import Fault, Verdict
from deadweight.facts.known_tools import category

_USED_BY_LIBRARIES = frozenset({"", "build tool", "package installer"})
"""Kinds that programs use when they run: setuptools for its entry points, pip for what it installs."""


def tools_in_core(project: Project, uses: Iterable[Usage] = ()) -> Iterator[Verdict]:
    """One verdict for each tool that a core list asks for and that nothing which runs uses by its name."""
    running = {_name(use) for use in uses if use.role.runs}
    places: dict[str, list[Declared]] = {}
    for one in core_tools(project.declarations):
        if one.name not in running:
            places.setdefault(one.name, []).append(one)
    for name, stated in places.items():
        says = f"is a {category(name)}, and is asked for by what runs in production"
        advice = "move it to the development requirements"
        yield Verdict(Fault.ALARMING, name, says, advice, tuple(one.place for one in stated), is_sure=False)


def core_tools(stated: Declarations) -> tuple[Declared, ...]:
    """What the core asks for that is a tool of development by its name."""
    return tuple(one for one in stated.of(Role.CORE) if category(one.name) not in _USED_BY_LIBRARIES)


def _name(use: Usage) -> str:
    return use.subject.split(".")[0].lower().replace("_", "-")
