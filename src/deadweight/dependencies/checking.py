"""What is wrong with a project's requirements: each use held against what is declared, and the reverse."""

from __future__ import annotations

from collections.abc import Iterable

from deadweight.core.project import Project
from deadweight.core.usage import Usage
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.bringing import bringing
from deadweight.dependencies.doubt import Doubt
from deadweight.dependencies.ledger import accounts
from deadweight.dependencies.undeclared import undeclared
from deadweight.dependencies.unused import unused


def check(project: Project, usages: Iterable[Usage]) -> tuple[Verdict, ...]:
    """Every verdict, the surest and gravest first."""
    known = tuple(usages)
    books = accounts(project, known)
    found = (
        *undeclared(project, books, bringing(project)),
        *unused(project, books, Doubt(project, known)),
    )
    return tuple(sorted(found, key=_order))


def _order(verdict: Verdict) -> tuple[bool, int, int, str]:
    return (not verdict.is_sure, tuple(Fault).index(verdict.fault), -(verdict.size or 0), verdict.name)
