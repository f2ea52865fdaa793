"""What nobody meant: CUDA through a bump, one thing twice, tools of development in production."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Lock
from deadweight.core.usage import Usage
from deadweight.core.verdict import Verdict
from deadweight.dependencies.gpu_arrival import gpu_arrivals
from deadweight.dependencies.tools_in_core import tools_in_core
from deadweight.dependencies.twice import disagreeing, installed_over_each_other, of_one_module, two_versions


def alarms(project: Project, before: Lock | None, uses: Iterable[Usage] = ()) -> tuple[Verdict, ...]:
    """Every alarm that can be told without a network, once each; `before` is an older lock to compare with."""
    return tuple({(one.name, one.says): one for one in _alarms(project, before, tuple(uses))}.values())


def newer_of(project: Project, before: Lock) -> Lock | None:
    """The project's lock that an older one is compared with: of its form, else its first, None where it has none."""
    same = [lock for lock in project.locks if lock.form == before.form]
    return next(iter((*same, *project.locks)), None)


def _alarms(project: Project, before: Lock | None, uses: tuple[Usage, ...]) -> Iterator[Verdict]:
    after = newer_of(project, before) if before else None
    if before and after:
        yield from gpu_arrivals(before, after, project.declared)
    for lock in project.locks:
        yield from two_versions(lock)
    yield from of_one_module(project.locks)
    if project.environment:
        yield from installed_over_each_other(project.environment)
    yield from disagreeing(project.locks)
    yield from tools_in_core(project, uses)
