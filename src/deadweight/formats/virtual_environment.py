"""A Python virtual environment: a directory with pyvenv.cfg and a site-packages (PEP 405)."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.seams import Format, Opening
from deadweight.formats.trees.pack import TREE_SOURCES, TREE_STORES, pack_tree
from deadweight.formats.trees.reader import open_tree


def recognise(path: Path) -> bool:
    """Whether it holds pyvenv.cfg and a site-packages directory."""
    return (path / "pyvenv.cfg").is_file() and any(path.glob("lib/python*/site-packages"))


def open_environment(path: Path, opening: Opening) -> Artifact:
    """The environment with all that lies below it."""
    return open_tree(path, opening, "virtual-environment")


FORMAT: Format = Format(
    name="virtual-environment",
    summary="a Python virtual environment",
    rank=40,
    recognise=recognise,
    open=open_environment,
    stores=TREE_STORES,
    packs=TREE_SOURCES,
    pack=pack_tree,
    codecs=frozenset(),
)
