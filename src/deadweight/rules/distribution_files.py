"""The files of one distribution, as paths that can go together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.entry import Kind
from deadweight.core.scene import Scene
from deadweight.facts.distributions import HOLDERS, Distribution
from deadweight.rules.reporting import Group


def held_by(distribution: Distribution, paths: Iterable[str]) -> Group:
    """The paths as the distribution's, sorted, each once."""
    return Group(distribution.owner, tuple(sorted(set(paths))))


def own_paths(scene: Scene, distribution: Distribution, directories: Iterable[str]) -> Iterator[str]:
    """The directories; one in which something else has a file is named by the distribution's own files in it."""
    for directory in directories:
        below = [entry.path for entry in scene.listing.under(directory) if entry.kind is not Kind.DIRECTORY]
        if all(_is_own(scene, distribution, path) for path in below):
            yield directory
        else:
            holders = scene.ask(HOLDERS)
            yield from (path for path in below if holders.get(path) == distribution.info)


def _is_own(scene: Scene, distribution: Distribution, path: str) -> bool:
    """Whether the distribution has the file, or nobody has and it is bytecode, which running leaves behind."""
    return scene.ask(HOLDERS).get(path, distribution.info if path.endswith(".pyc") else "") == distribution.info


def module_files(distribution: Distribution) -> Iterator[str]:
    """The distribution's files but for its own metadata."""
    inside = f"{distribution.info}/"
    return (path for path in distribution.files if not path.startswith(inside))
