"""Projects in memory: a kind of evidence is tested on a dictionary of paths and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from deadweight.core.environment import Environment, Installed
from deadweight.core.project import Project
from deadweight.core.requirement import Declarations, Declared, Place, Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage


def project_of(
    files: Mapping[str, str | bytes],
    *,
    declares: str = "",
    installed: Iterable[Installed] | None = None,
    roles: Mapping[str, Role] | None = None,
    own: Iterable[str] = ("app",),
) -> Project:
    """A project with these files and these requirements, separated by blanks; files of tests/ are for tests."""
    bodies = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    items = tuple(Declared(_name(one), one, Role.CORE, Place("requirements.txt", 1)) for one in declares.split())
    environment = Environment("/nowhere", tuple(installed)) if installed is not None else None
    return Project(
        "/nowhere",
        tuple(sorted(bodies)),
        bodies.__getitem__,
        _role_of(roles or {}),
        Declarations(items),
        environment=environment,
        own=frozenset(own),
    )


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", found[0] if found else "").lower()


def _role_of(roles: Mapping[str, Role]) -> Callable[[str], Role]:
    def role_of(path: str) -> Role:
        first = path.partition("/")[0]
        told = {"tests": Role.TEST, "docs": Role.DOCUMENTATION}.get(first, Role.CORE)
        return roles.get(path, told)

    return role_of


def installed(name: str, **fields: object) -> Installed:
    """A distribution of this name and version 1.0."""
    return Installed(name, "1.0", f"{name}-1.0.dist-info", **fields)  # type: ignore[arg-type]  # fields of Installed


def found(evidence: Evidence, project: Project) -> list[Usage]:
    """What the evidence finds."""
    return list(evidence.find(project))


def subjects(evidence: Evidence, project: Project, *strengths: Strength) -> set[str]:
    """What the evidence finds to be used, of these strengths or of all."""
    return {use.subject for use in evidence.find(project) if not strengths or use.strength in strengths}


def roles(evidence: Evidence, project: Project) -> dict[str, Role]:
    """The role of each thing that the evidence finds."""
    return {use.subject: use.role for use in evidence.find(project)}


def lines(evidence: Evidence, project: Project) -> dict[str, int]:
    """The line of each thing that the evidence finds."""
    return {use.subject: use.place.line for use in evidence.find(project)}
