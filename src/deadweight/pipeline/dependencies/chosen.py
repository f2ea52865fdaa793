"""A project with the verdicts that its own settings and the command line leave to be acted on."""

from __future__ import annotations

from pathlib import Path

from deadweight.pipeline.dependencies.checking import Choice, check_project
from deadweight.pipeline.dependencies.judging import Judged

ALL = Choice()


def chosen(folder: Path, environment: Path | None, choice: Choice = ALL) -> Judged:
    """The project with those of its verdicts; raises UsageError as `judged` does."""
    checked = check_project(folder, environment, choice)
    return Judged(folder, checked.project, (), checked.verdicts)
