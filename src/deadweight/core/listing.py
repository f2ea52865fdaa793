"""The visible entries of an artifact, by path and by place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from deadweight.core.entry import Entry, Kind
from deadweight.core.paths import link_target

MAX_LINKS = 40


@dataclass(frozen=True)
class Listing:
    """The visible entries, sorted by path, and the bodies of the metadata files that were kept."""

    entries: tuple[Entry, ...]
    small: Mapping[str, bytes]

    @cached_property
    def by_path(self) -> Mapping[str, Entry]:
        """Each visible entry by its path."""
        return {entry.path: entry for entry in self.entries}

    @cached_property
    def _paths(self) -> list[str]:
        return [entry.path for entry in self.entries]

    @cached_property
    def links(self) -> Mapping[str, str]:
        """Each symbolic link's path with its target text."""
        return {entry.path: entry.target for entry in self.entries if entry.kind is Kind.SYMLINK}

    def __contains__(self, path: str) -> bool:
        return path in self.by_path

    def under(self, directory: str) -> Iterator[Entry]:
        """Every entry that lies in the directory, at any depth, without the directory itself."""
        prefix = directory + "/" if directory else ""
        place = bisect_left(self._paths, prefix)
        while place < len(self._paths) and self._paths[place].startswith(prefix):
            if self._paths[place]:
                yield self.entries[place]
            place += 1

    def resolve(self, path: str) -> str | None:
        """The path with every symbolic link on its way followed inside the root, None for a loop or a way out."""
        done: list[str] = []
        waiting = [part for part in reversed(path.split("/")) if part]
        links = 0
        while waiting:
            here = "/".join((*done, waiting.pop()))
            target = self.links.get(here)
            if target is None:
                done = here.split("/")
                continue
            links += 1
            reached = link_target(here, target)
            if reached is None or links > MAX_LINKS:
                return None
            done = []
            waiting.extend(part for part in reversed(reached.split("/")) if part)
        return "/".join(done)
