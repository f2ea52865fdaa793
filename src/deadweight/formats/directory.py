"""A directory, as it lies in the file system."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.seams import Format, Opening
from deadweight.formats.trees.pack import TREE_SOURCES, TREE_STORES, pack_tree
from deadweight.formats.trees.reader import open_tree


def recognise(path: Path) -> bool:
    """Whether it is a directory."""
    return path.is_dir()


def open_directory(path: Path, opening: Opening) -> Artifact:
    """The directory with all that lies below it; the directory itself is no entry."""
    return open_tree(path, opening, "directory")


FORMAT: Format = Format(
    name="directory",
    summary="a directory, as it lies in the file system",
    rank=90,
    recognise=recognise,
    open=open_directory,
    stores=TREE_STORES,
    packs=TREE_SOURCES,
    pack=pack_tree,
    codecs=frozenset(),
)
