"""The files of distributions, as few paths that go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from deadweight.core.paths import parents
from deadweight.core.scene import Scene
from deadweight.facts.distributions import HOLDERS, Distribution
from deadweight.facts.file_counts import FILE_COUNTS, counted
from deadweight.facts.held_endings import HELD_ENDINGS
from deadweight.facts.sites import SITES
from deadweight.rules.reporting import Group


def held_by(distribution: Distribution, paths: Iterable[str]) -> Group:
    """The paths as the distribution's, sorted, each once."""
    return Group(distribution.owner, tuple(sorted(set(paths))))


def module_files(distribution: Distribution) -> Iterator[str]:
    """The distribution's files but for its own metadata."""
    inside = f"{distribution.info}/"
    return (path for path in distribution.files if not path.startswith(inside) and path != distribution.info)


def ending_in(scene: Scene, distribution: Distribution, endings: Iterable[str]) -> list[str]:
    """The distribution's files with one of these endings, but for its own metadata, sorted."""
    held = scene.ask(HELD_ENDINGS)
    paths = [path for ending in endings for path in held.get(ending, {}).get(distribution.info, ())]
    inside = f"{distribution.info}/"
    return sorted(path for path in paths if not path.startswith(inside) and path != distribution.info)


def own_paths(scene: Scene, distribution: Distribution, directories: Iterable[str]) -> tuple[str, ...]:
    """The directories; one in which something else has a file is named by the distribution's own files in it."""
    prefixes = tuple(f"{directory}/" for directory in directories)
    return whole(scene, (path for path in distribution.files if path.startswith(prefixes)))


def whole(scene: Scene, files: Iterable[str]) -> tuple[str, ...]:
    """The files and their bytecode, a directory that would be left without a file named instead of all in it.

    The directories that hold distributions, and those above them, are never named.
    """
    going = set(files)
    going.update(_bytecode(scene, going))
    total = scene.ask(FILE_COUNTS)
    leaving = counted(Counter(path.rpartition("/")[0] for path in going))
    sites = scene.ask(SITES)
    empty = {directory for directory, count in leaving.items() if count == total.get(directory)} - sites
    return tuple(sorted({_highest(path, empty) for path in going}))


def _highest(path: str, empty: set[str]) -> str:
    return next((above for above in reversed(parents(path)) if above in empty), path)


def _bytecode(scene: Scene, files: Iterable[str]) -> Iterator[str]:
    """The bytecode that running left beside the sources, which no distribution has (PEP 3147)."""
    sources = {path[:-3] for path in files if path.endswith(".py")}
    holders = scene.ask(HOLDERS)
    for directory in sorted({f"{path.rpartition('/')[0]}/__pycache__" for path in sources}):
        above = directory.removesuffix("__pycache__")
        for entry in scene.listing.under(directory):
            if entry.path not in holders and above + entry.name.partition(".")[0] in sources:
                yield entry.path
