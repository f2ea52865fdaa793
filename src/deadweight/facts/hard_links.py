"""Which names share the body of a visible file."""

from __future__ import annotations

from collections.abc import Mapping

from deadweight.core.entry import Kind
from deadweight.core.scene import Fact, Scene


def _hard_links(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    links: dict[str, list[str]] = {}
    hard_link = Kind.HARDLINK
    for entry in scene.listing.entries:
        if entry.kind is hard_link:
            links.setdefault(entry.target, []).append(entry.path)
    return {target: tuple(paths) for target, paths in links.items()}


HARD_LINKS = Fact("hard links", _hard_links)
"""The path that holds a body, with all further names of it, sorted."""
