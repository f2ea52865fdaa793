"""Tools of development that are asked for by what runs in production."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Declared, Role
from deadweight.core.usage import Usage
from deadweight.core.verdict import Fault, Verdict
from deadweight.facts.known_tools import category

_USED_BY_LIBRARIES = frozenset({"", "build tool", "package installer"})
"""Kinds that programs use when they run: setuptools for its entry points, pip for what it installs."""


def tools_in_core(project: Project, uses: Iterable[Usage] = ()) -> Iterator[Verdict]:
    """One verdict for each tool that a core list asks for and that nothing which runs uses by its name."""
    running = {_name(use) for use in uses if use.role.runs}
    places: dict[str, list[Declared]] = {}
    for one in project.declarations.of(Role.CORE):
        if category(one.name) not in _USED_BY_LIBRARIES and one.name not in running:
            places.setdefault(one.name, []).append(one)
    for name, stated in places.items():
        says = f"is a {category(name)}, and is asked for by what runs in production"
        advice = "move it to the development requirements"
        yield Verdict(Fault.ALARMING, name, says, advice, tuple(one.place for one in stated), is_sure=False)


def _name(use: Usage) -> str:
    return use.subject.split(".")[0].lower().replace("_", "-")
