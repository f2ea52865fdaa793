"""A Python project: a directory whose root says what it is built from or what it needs."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.seams import Format, Opening
from deadweight.formats.trees.pack import TREE_SOURCES, TREE_STORES, pack_tree
from deadweight.formats.trees.reader import open_tree

_MARKS = ("pyproject.toml", "setup.py", "setup.cfg")


def recognise(path: Path) -> bool:
    """Whether its root holds pyproject.toml, setup.py, setup.cfg or a requirements file."""
    if not path.is_dir():
        return False
    return any((path / mark).is_file() for mark in _MARKS) or any(path.glob("requirements*.txt"))


def open_project(path: Path, opening: Opening) -> Artifact:
    """The project with all that lies below it."""
    return open_tree(path, opening, "project")


FORMAT: Format = Format(
    name="project",
    summary="a Python project",
    rank=60,
    recognise=recognise,
    open=open_project,
    stores=TREE_STORES,
    packs=TREE_SOURCES,
    pack=pack_tree,
    codecs=frozenset(),
)
