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
from deadweight.pipeline.dependencies.judging import judged


@dataclass(frozen=True, slots=True)
class Choice:
    """Which verdicts are told: each word is a fault or the name of a distribution."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """The project with all that its evidence could not tell, and the verdicts."""

    project: Project
    verdicts: tuple[Verdict, ...]


def check_project(path: Path, environment: Path | None, choice: Choice) -> Checked:
    """The verdicts on the project in the folder, those that the choice or its own settings ignore left out."""
    found = judged(path, environment)
    ignored = _normalised((*choice.ignore, *_ignored(path)))
    selected = _normalised(choice.select)
    return Checked(found.project, tuple(one for one in found.verdicts if _is_told(one, selected, ignored)))


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
