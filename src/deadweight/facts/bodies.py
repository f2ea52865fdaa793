"""The bodies of sources, read in few passes over the artifact and laid aside until they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, HOLDERS
from deadweight.facts.known_tools import category
from deadweight.facts.laid_bodies import LaidBodies
from deadweight.facts.suites import is_test

MAX_SOURCE = 16 << 20


@dataclass(slots=True)
class Bodies:
    """The bodies of small files by path.

    The first asking reads every Python source outside of tests and development tools in one pass, for a layer can only
    be read from its start; later ones read what else is asked for, with all sources of the same distribution.
    """

    scene: Scene
    _laid: LaidBodies = field(default_factory=LaidBodies, repr=False)
    _asked: set[str] = field(default_factory=set, repr=False)
    _are_likely_read: bool = False

    def read(self, path: str) -> bytes | None:
        """The body, None where there is no such file or it is larger than 16 MiB; that is noted."""
        if path not in self._asked:
            self._fetch(path)
        return self._laid.read(path)

    def laid(self, path: str) -> bytes | None:
        """The body, None for what was not read yet."""
        return self._laid.read(path)

    def lay_likely(self) -> None:
        """Read what the first asking reads."""
        if not self._are_likely_read:
            self._are_likely_read = True
            self.fetch(self._likely())

    def _fetch(self, path: str) -> None:
        self._asked.add(path)
        wanted = self._beside(path) if self._are_likely_read else self._likely()
        self._are_likely_read = True
        self.fetch((path, *wanted))

    def fetch(self, paths: Iterable[str]) -> None:
        """Read these in one pass, those that were not read before."""
        by_path = self.scene.listing.by_path
        wanted = {path: by_path[path] for path in paths if path in by_path and path not in self._laid}
        self._asked.update(wanted)
        entries = [entry for entry in wanted.values() if self._is_readable(entry)]
        for entry, stream in self.scene.artifact.contents.stream(entries):
            self._laid.lay(entry.path, stream.read(MAX_SOURCE))

    def _is_readable(self, entry: Entry) -> bool:
        if entry.kind not in (Kind.FILE, Kind.HARDLINK):
            return False
        if entry.size > MAX_SOURCE:
            self.scene.note(Gap("bodies", entry.path, f"a source of {entry.size} bytes is not read"))
            return False
        return True

    def _likely(self) -> Iterable[str]:
        tools = {one.info for one in self.scene.ask(DISTRIBUTIONS) if category(one.name)}
        holders = self.scene.ask(HOLDERS)
        for entry in self.scene.listing.entries:
            path = entry.path
            if path.endswith(".py") and not is_test(path) and holders.get(path) not in tools:
                yield path

    def _beside(self, path: str) -> Iterable[str]:
        info = self.scene.ask(HOLDERS).get(path)
        if info is None:
            return ()
        files = next((one.files for one in self.scene.ask(DISTRIBUTIONS) if one.info == info), ())
        return (file for file in files if file.endswith(".py"))


BODIES: Fact[Bodies] = Fact("bodies", Bodies)
"""The bodies of sources."""
