"""Where the project is run with all that it has now, and where with its core list alone."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.paths import is_under
from deadweight.core.project import Project
from deadweight.pipeline.dependencies.proof_trees import environment_place, project_tree
from deadweight.requirements.resolving.fresh import weight
from deadweight.sandbox.stand import Stand

_PRIVATE = ("/tmp", "/run")


@dataclass(frozen=True, slots=True)
class Grounds:
    """The project twice, both seen at its own place: `inside` is where the environment stands in either.

    `python` is the interpreter that a fresh environment is made for, `before_bytes` what the whole environment has.
    """

    before: Stand
    after: Stand
    inside: str
    python: str
    before_bytes: int = 0

    @property
    def fresh(self) -> Path:
        """Where the fresh environment of the core list is made."""
        return self.after.root / self.inside


def grounds(folder: Path, project: Project, room: Path) -> Grounds | None:
    """The two, made in the room; None where the project has no environment with a Python, to be compared with."""
    environment = Path(project.environment.location) if project.environment else None
    if environment is None or not (environment / "bin/python").exists():
        return None
    place = Path(os.path.abspath(folder))  # noqa: PTH100  # without following links
    own = Path(os.path.abspath(environment))  # noqa: PTH100
    inside = environment_place(place, own)
    after = room / "after"
    project_tree(place, after)
    (after / inside).parent.mkdir(parents=True, exist_ok=True)
    before = place if own.is_relative_to(place) else _linked(place, room / "before", own)
    seen = str(place)
    python = str(own / "bin/python")
    return Grounds(Stand(before, seen), Stand(after, seen), inside, python, weight(environment))


def _linked(place: Path, tree: Path, environment: Path) -> Path:
    """The project with its environment, which lies elsewhere, in the place of one of its own.

    The sandbox has a /tmp and a /run of its own: an environment that lies there is not seen by a link.
    """
    project_tree(place, tree)
    real = os.path.realpath(environment)
    if any(is_under(real, private) for private in _PRIVATE):
        shutil.copytree(real, tree / ".venv", symlinks=True, copy_function=_link_or_copy)
    else:
        (tree / ".venv").symlink_to(real)
    return tree


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another disk, or none that has links
        shutil.copy2(source, target, follow_symlinks=False)
