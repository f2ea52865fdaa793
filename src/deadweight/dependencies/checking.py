"""What is wrong with a project's requirements: each use held against what is declared, and the reverse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deadweight.core.project import Project
from deadweight.core.usage import Usage
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.bringing import Demands
from deadweight.dependencies.consequences import Consequences
from deadweight.dependencies.doubt import Doubt
from deadweight.dependencies.ledger import accounts
from deadweight.dependencies.undeclared import undeclared
from deadweight.dependencies.unused import unused


def check(project: Project, usages: Iterable[Usage]) -> tuple[Verdict, ...]:
    """Every verdict, the surest and gravest first."""
    known = tuple(usages)
    books = accounts(project, known)
    consequences, demands = Consequences(project), Demands(project)
    used = frozenset(name for name, one in books.items() if one.runtime())
    found = (
        *undeclared(project, books, demands.bringing()),
        *(_weighed(one, consequences) for one in unused(project, books, Doubt(project, demands, used))),
        *consequences.unmet(),
    )
    return tuple(sorted(found, key=_order))


def _weighed(verdict: Verdict, consequences: Consequences) -> Verdict:
    """With the bytes that go where it is no longer asked for; one that is moved to production frees none."""
    leaves = verdict.fault is Fault.UNUSED or not any(use.role.runs for use in verdict.uses)
    return replace(verdict, size=consequences.freed([verdict.name])) if leaves else verdict


def _order(verdict: Verdict) -> tuple[bool, int, int, str]:
    return (not verdict.is_sure, tuple(Fault).index(verdict.fault), -(verdict.size or 0), verdict.name)
