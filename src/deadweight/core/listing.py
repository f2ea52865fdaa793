"""The visible entries of an artifact, by path and by place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import dropwhile
from typing import TypeVar, cast

from deadweight.core.entry import Entry, Kind
from deadweight.core.paths import parents

MAX_LINKS = 40

T = TypeVar("T")


@dataclass(frozen=True)
class Listing:
    """The visible entries, sorted by path, and the bodies of the metadata files that were kept."""

    entries: tuple[Entry, ...]
    small: Mapping[str, bytes]
    _read: dict[tuple[object, str], object] = field(default_factory=dict, repr=False, compare=False)

    def once(self, reading: Callable[[Listing, str], T], path: str) -> T:
        """What the reading makes of the path, worked out at the first asking: several ask for what a RECORD names."""
        if (reading, path) not in self._read:
            self._read[reading, path] = reading(self, path)
        return cast(T, self._read[reading, path])

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

    @cached_property
    def directories(self) -> Mapping[str, int]:
        """Every directory that holds something at any depth, stored by itself or not, and how many entries it holds.

        The root, the empty string, is one. Only what lies directly in a directory is counted.
        """
        counts = Counter(path.rpartition("/")[0] for path in self._paths if path)
        for directory in tuple(counts):
            for above in parents(directory):
                if above in counts:
                    break
                counts[above] = 0
        counts.setdefault("", 0)
        return counts

    @cached_property
    def directories_named(self) -> Mapping[str, tuple[str, ...]]:
        """The directories that hold something by the last component of their path, each sorted."""
        named: dict[str, list[str]] = {}
        for directory in sorted(self.directories):
            named.setdefault(directory.rpartition("/")[2], []).append(directory)
        return {name: tuple(found) for name, found in named.items()}

    def paths_under(self, directory: str) -> Sequence[str]:
        """The path of every entry that lies in the directory, at any depth, without the directory itself."""
        return self._paths[slice(*self._span(directory))]

    def directly_in(self, directory: str) -> Iterator[str]:
        """The path of every entry that lies in the directory itself; passes over the content of those it holds."""
        place, end = self._span(directory)
        start = len(directory) + 1 if directory else 0
        while place < end:
            path = self._paths[place]
            below = path.find("/", start)
            if below < 0:
                yield path
                place += 1
            else:
                place = bisect_left(self._paths, path[:below] + "0", place, end)

    def under(self, directory: str) -> Iterator[Entry]:
        """Every entry that lies in the directory, at any depth, without the directory itself."""
        return iter(self.entries[slice(*self._span(directory))])

    def _span(self, directory: str) -> tuple[int, int]:
        """The places of all that lies in the directory: between `directory/` and `directory0`, the next character."""
        if not directory:
            return bisect_right(self._paths, ""), len(self._paths)
        begin = bisect_left(self._paths, directory + "/")
        return begin, bisect_left(self._paths, directory + "0", begin)

    def resolve(self, path: str) -> str | None:
        """The path with every symbolic link on its way followed inside the root, None for a loop or a way out.

        `..` steps up from where the links before it lead, as the kernel does (path_resolution(7)); only an absolute
        link may step up from the root, where it stays.
        """
        here = ""
        waiting = path.split("/")[::-1]
        followed = 0
        while waiting:
            part = waiting.pop()
            step = f"{here}/{part}" if here else part
            target = self.links.get(step) if part not in ("", ".", "..") else None
            if target is not None:
                followed += 1
                here = "" if target.startswith("/") else here
                waiting.extend(_steps(target))
            elif part == "..":
                if not here:
                    return None
                here = here.rpartition("/")[0]
            elif part not in ("", "."):
                here = step
            if followed > MAX_LINKS:
                return None
        return here


def _steps(target: str) -> list[str]:
    """The components of a link's target, last first; those of an absolute one begin under the root."""
    parts = target.split("/")
    if target.startswith("/"):
        parts = list(dropwhile(lambda part: part in ("", ".", ".."), parts))
    return parts[::-1]
