"""A project with what it uses and what is wrong with its requirements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.project import Project
from deadweight.core.usage import Usage
from deadweight.core.verdict import Verdict
from deadweight.dependencies.checking import check
from deadweight.pipeline.projects import open_project
from deadweight.pipeline.usages import usages


@dataclass(frozen=True, slots=True)
class Judged:
    """A project, all its uses, and the verdicts on its requirements."""

    folder: Path
    project: Project
    uses: tuple[Usage, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def versions(self) -> Mapping[str, str]:
        """The exact versions that it has: those installed, else those locked."""
        locked = {pin.name: pin.version for lock in self.project.locks for pin in lock.pins if pin.version}
        installed = self.project.environment
        return {**locked, **({one.name: one.version for one in installed.distributions} if installed else {})}


def judged(folder: Path, environment: Path | None = None) -> Judged:
    """The project of the folder, judged; raises UsageError where nothing states requirements, and for broken files."""
    project = open_project(folder, environment)
    if not project.declarations.files:
        raise UsageError(
            "nothing here states requirements",
            where=str(folder),
            advice="There should be a pyproject.toml, a requirements.txt or the like.",
        )
    uses = usages(project)
    return Judged(folder, project, uses, check(project, uses))
