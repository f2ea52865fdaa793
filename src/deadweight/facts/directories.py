"""Which directories have which name."""

from __future__ import annotations

from collections.abc import Mapping

from deadweight.core.entry import Kind
from deadweight.core.paths import parents
from deadweight.core.scene import Fact, Scene


def _directories(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    nearest = {entry.path.rpartition("/")[0] for entry in scene.listing.entries}
    stored = {entry.path for entry in scene.listing.entries if entry.kind is Kind.DIRECTORY}
    above = {one for path in nearest for one in parents(path)}
    groups: dict[str, list[str]] = {}
    for path in sorted((nearest | stored | above) - {""}):
        groups.setdefault(path.rpartition("/")[2], []).append(path)
    return {name: tuple(paths) for name, paths in groups.items()}


DIRECTORIES = Fact("directories", _directories)
"""The directories, sorted, by name: those stored, and those that only the paths of an archive tell of."""


def outermost(paths: tuple[str, ...]) -> list[str]:
    """The paths, sorted, without those that lie under another of them."""
    kept: list[str] = []
    for path in sorted(paths, key=lambda one: one.split("/")):
        if not (kept and (path == kept[-1] or path.startswith(kept[-1] + "/"))):
            kept.append(path)
    return kept
