"""Opens what `cost`, `what-if` and `tree` look at: a project, an environment or a lock, as one graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.markers import default_environment

from deadweight.core.environment import Environment
from deadweight.core.errors import UsageError
from deadweight.core.gap import Gap
from deadweight.core.requirement import Declarations, Lock
from deadweight.dependencies.graph import Graph, graph_of
from deadweight.dependencies.node import Ask, Part
from deadweight.dependencies.parts import parts_of_environment, parts_of_lock, with_downloads
from deadweight.dependencies.roots import roots_of_environment, roots_of_parts, roots_of_project
from deadweight.requirements.declarations import declarations
from deadweight.requirements.environment import find_environment, read_environment
from deadweight.requirements.installed.sites import MARK
from deadweight.requirements.locked import locks, read_lock

_FORMS = ("uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "pinned requirements")
_ADVICE = "Name its environment with --environment, or make a lock: deadweight deps lock"


@dataclass(frozen=True)
class Opened:
    """What was opened: the graph, and what it was made of, so that a changed one can be made.

    `described` says what the graph is of. `absent` are the extras and groups that are not there, with what they lack.
    `folder` is the project's, None for an environment or a lock alone.
    """

    location: str
    described: str
    parts: tuple[Part, ...]
    asks: tuple[Ask, ...]
    markers: Mapping[str, str]
    absent: Mapping[str, tuple[str, ...]]
    gaps: tuple[Gap, ...] = ()
    folder: Path | None = None

    @property
    def graph(self) -> Graph:
        """The graph of what is asked for, with all gaps."""
        made = graph_of(self.parts, self.asks, self.markers)
        return replace(made, gaps=tuple(dict.fromkeys((*self.gaps, *made.gaps))))


def open_graph(path: Path, environment: Path | None = None) -> Opened:
    """A project's folder, an environment or a lock as a graph; raises UsageError, Corrupt or Unknown as readers do.

    For a project what it asks for stands at the root, and its environment, or else its lock, says what that comes to.
    """
    if path.is_file() and not (path.parent.parent / MARK).is_file():
        return _of_lock(path)
    if not path.is_dir() or (path / MARK).is_file() or _is_installed(path):
        return _of_environment(path)
    stated = declarations(path)
    return _of_project(path, stated, environment) if stated.files else _of_environment(path)


def _is_installed(folder: Path) -> bool:
    """Whether distributions or a whole system lie in it, so that lists of requirements in it are those of others."""
    return (folder / "usr" / "lib").is_dir() or any(folder.glob("*.dist-info"))


def _of_lock(path: Path) -> Opened:
    """A lock alone; where its folder states requirements those stand at the root."""
    lock = read_lock(path)
    stated = declarations(path.parent)
    if stated.files and lock.form != "pinned requirements":
        return _of_locked_project(path.parent, stated, lock, str(path))
    markers = _here()
    parts = parts_of_lock(lock, markers)
    return Opened(str(path), lock.form, parts, roots_of_parts(parts, markers), markers, {}, tuple(_told_of(lock)))


def _of_environment(path: Path) -> Opened:
    found = read_environment(path)
    parts = parts_of_environment(found)
    asks = roots_of_environment(found, parts)
    return Opened(str(path), "environment", parts, asks, found.markers, {}, found.gaps)


def _of_project(folder: Path, stated: Declarations, environment: Path | None) -> Opened:
    place = environment or find_environment(folder)
    known = sorted(locks(folder), key=lambda lock: _FORMS.index(lock.form) if lock.form in _FORMS else len(_FORMS))
    if place is not None:
        return _of_installed_project(folder, stated, read_environment(place), next(iter(known), None))
    if known:
        return _of_locked_project(folder, stated, known[0], str(folder))
    raise UsageError("it has no environment and no lock", where=str(folder), advice=_ADVICE)


def _of_installed_project(folder: Path, stated: Declarations, found: Environment, lock: Lock | None) -> Opened:
    parts = tuple(part for part in parts_of_environment(found) if part.name != stated.name)
    if lock is not None:
        parts = with_downloads(parts, parts_of_lock(lock, found.markers))
    roots = roots_of_project(stated, parts, found.markers)
    gaps = (*stated.gaps, *found.gaps)
    described = f"project, as installed in {found.location}"
    return Opened(str(folder), described, parts, roots.asks, found.markers, roots.absent, gaps, folder)


def _of_locked_project(folder: Path, stated: Declarations, lock: Lock, location: str) -> Opened:
    markers = _here()
    parts = tuple(part for part in parts_of_lock(lock, markers) if part.name != stated.name)
    roots = roots_of_project(stated, parts, markers)
    gaps = (*stated.gaps, *_told_of(lock))
    described = f"project, as locked in {lock.path}"
    return Opened(location, described, parts, roots.asks, markers, roots.absent, gaps, folder)


def _told_of(lock: Lock) -> Iterable[Gap]:
    """What the lock does not tell."""
    if lock.pins and not any(pin.needs for pin in lock.pins):
        yield Gap("lock", lock.path, "it does not say what needs what: each pin counts by itself")


def _here() -> Mapping[str, str]:
    """The values of markers of this Python and this system."""
    return {name: str(value) for name, value in default_environment().items()}
