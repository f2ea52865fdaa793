"""Which folders of examples and documentation some source imports modules from."""

from __future__ import annotations

from deadweight.core.scene import Fact, Scene
from deadweight.facts.sources import SOURCES

_FOLDERS = frozenset({"doc", "docs", "example", "examples"})


def _imported_examples(scene: Scene) -> frozenset[str]:
    names = {name for source in scene.ask(SOURCES).values() for name in source.imports | source.nested}
    parted = (name.split(".") for name in names if "doc" in name or "example" in name)
    return frozenset(
        "/".join(parts[: place + 1]) for parts in parted for place, part in enumerate(parts) if part in _FOLDERS
    )


IMPORTED_EXAMPLES: Fact[frozenset[str]] = Fact("imported examples", _imported_examples)
"""Paths of such folders relative to their site: `pkg/examples` where a source says `from pkg.examples import x`."""
