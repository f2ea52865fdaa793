"""A project is opened, its uses are found, and its requirements are judged."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.core.project import Project
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.alarms import alarms, newer_of
from deadweight.pipeline.dependencies.judging import Judged, judged
from deadweight.pipeline.dependencies.taken_back import taken_back
from deadweight.requirements.locked import read_lock


@dataclass(frozen=True, slots=True)
class Choice:
    """Which verdicts are told: each word is a fault or the name of a distribution; `against` is an older lock.

    `index` is whether the index is asked for what it took back.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    against: Path | None = None
    index: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """The project with all that its evidence could not tell, and the verdicts."""

    project: Project
    verdicts: tuple[Verdict, ...]


def check_project(path: Path, environment: Path | None, choice: Choice) -> Checked:
    """The verdicts on the project in the folder, those that the choice or its own settings ignore left out."""
    found = judged(path, environment)
    verdicts = (*found.verdicts, *_alarms(found, choice.against))
    if choice.index:
        verdicts = (*verdicts, *taken_back(found.project, path))
    ignored = _normalised((*choice.ignore, *_ignored(path)))
    selected = _normalised(choice.select)
    return Checked(found.project, tuple(one for one in verdicts if _is_told(one, selected, ignored)))


def _alarms(found: Judged, against: Path | None) -> tuple[Verdict, ...]:
    """The alarms on what no other verdict is on; UsageError where an older lock has none to be held against."""
    before = read_lock(against) if against else None
    if before and newer_of(found.project, before) is None:
        raise UsageError(
            "there is no lock in the project to compare with it",
            where=str(against),
            advice="Lock the project: deadweight deps lock.",
        )
    judged_names = {one.name for one in found.verdicts if one.fault in (Fault.UNUSED, Fault.MISPLACED)}
    raised = alarms(found.project, before, found.uses)
    return tuple(one for one in raised if one.is_sure or one.name not in judged_names)


def _is_told(verdict: Verdict, selected: frozenset[str], ignored: frozenset[str]) -> bool:
    words = {str(verdict.fault), verdict.name}
    faults, names = selected & frozenset(Fault), selected - frozenset(Fault)
    chosen = (not faults or verdict.fault in faults) and (not names or verdict.name in names)
    return chosen and not words & ignored


def _normalised(words: Iterable[str]) -> frozenset[str]:
    """The words, normalised where they are names."""
    return frozenset(word if word in tuple(Fault) else canonicalize_name(word) for word in words)


def _ignored(path: Path) -> tuple[str, ...]:
    """What `[tool.deadweight.deps] ignore` of the project says; UsageError where it is no list of text."""
    file = path / "pyproject.toml"
    if not file.is_file():
        return ()
    table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("deadweight", {}).get("deps", {})
    words = table.get("ignore", [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise UsageError(
            "is no list of texts", where=f"{file}: tool.deadweight.deps.ignore", advice='["unused", "black"]'
        )
    return tuple(words)
