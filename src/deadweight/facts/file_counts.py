"""How many files lie under each directory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from deadweight.core.entry import Kind
from deadweight.core.paths import parents
from deadweight.core.scene import Fact, Scene


def counted(paths: Mapping[str, int]) -> Mapping[str, int]:
    """The files at any depth under each directory, from the files that lie in each directly."""
    total: dict[str, int] = {}
    for directory, count in paths.items():
        for at in {directory, *parents(directory), ""}:
            total[at] = total.get(at, 0) + count
    return total


def _file_counts(scene: Scene) -> Mapping[str, int]:
    directory = Kind.DIRECTORY
    paths = [entry.path for entry in scene.listing.entries if entry.kind is not directory]
    return counted(Counter([path.rpartition("/")[0] for path in paths]))


FILE_COUNTS: Fact[Mapping[str, int]] = Fact("file counts", _file_counts)
"""Visible entries that are no directory, at any depth under each directory that has some; the root is empty."""
