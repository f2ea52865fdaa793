"""A project as it lies there: its files and what each is for, what it asks for, its locks and its environment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from deadweight.core.environment import Environment
from deadweight.core.errors import UsageError
from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.facts.own_modules import own_modules
from deadweight.facts.path_roles import role_of_path, started_scripts
from deadweight.requirements.declarations import declarations
from deadweight.requirements.environment import find_environment, read_environment
from deadweight.requirements.locked import locks
from deadweight.requirements.project_files import project_files


def open_project(path: Path, environment: Path | None = None) -> Project:
    """The project in the folder, with the environment of that path, else the one that lies in it, else none.

    UsageError tells every problem of its files at once; what is no folder is refused as one.
    """
    if not path.is_dir():
        what = "it is no folder" if path.exists() else "there is nothing at this path"
        raise UsageError(what, where=str(path), advice="Give the folder of a project.")
    files = project_files(path)
    stated = declarations(path, files)
    project = Project(
        location=str(path),
        files=files,
        read=lambda name: (path / name).read_bytes(),
        role_of=role_of_path,
        declarations=stated,
        locks=locks(path, files),
        environment=_environment(path, environment),
        own=own_modules(files) | {stated.name.replace("-", "_")} - {""},
    )
    return _with_started_scripts(project)


def _environment(path: Path, named: Path | None) -> Environment | None:
    place = named or find_environment(path)
    return read_environment(place) if place else None


def _with_started_scripts(project: Project) -> Project:
    """Scripts that the service's start runs are for production, though they lie where developers' do."""
    started = started_scripts(project)

    def role_of(path: str) -> Role:
        return Role.CORE if path in started else role_of_path(path)

    return replace(project, role_of=role_of) if started else project
