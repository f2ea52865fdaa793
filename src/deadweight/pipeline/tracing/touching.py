"""What was seen of a run becomes a trace: artifact paths, with what the kernel opened to start each program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from deadweight.core.entry import Entry, Kind
from deadweight.core.paths import is_under
from deadweight.core.scene import Scene
from deadweight.core.trace import Touch, Trace, Use
from deadweight.pipeline.tracing.places import Places
from deadweight.sandbox.kernel_opens import HEAD, interpreter_of
from deadweight.sandbox.tracing import Seen, Sightings

_PROVIDED = ("/proc", "/sys", "/dev")
_DEEPEST = 5  # an interpreter may be a script that has an interpreter itself (BINPRM_MAX_RECURSION)


def touched(scene: Scene, seen: Sightings, places: Places) -> Trace:
    """The trace of all that was seen, the interpreters of what was executed added to what programs opened."""
    gathering = _Gathering(places)
    for path, one in seen.paths.items():
        gathering.add(path, one)
    started = gathering.executed(scene)
    for _ in range(_DEEPEST):
        started = gathering.start(_interpreters(scene, started), scene)
    return gathering.trace(scene.artifact.digest)


@dataclass(slots=True)
class _Gathering:
    """What was touched so far: inside by artifact path, outside by absolute path."""

    places: Places
    inside: dict[str, Seen] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)

    def add(self, path: str, one: Seen) -> None:
        """Take one path as programs named it."""
        beyond = self.places.outside(path)
        if beyond is not None and not any(is_under(beyond, top) for top in _PROVIDED):
            self.outside.add(beyond)
        for inside in self.places.found(path):
            self._take(inside, one)

    def _take(self, path: str, one: Seen) -> None:
        known = self.inside.get(path)
        if known is None:
            self.inside[path] = Seen(one.first, one.process, Counter(one.uses))
            return
        if one.first < known.first:
            known.first, known.process = one.first, one.process
        known.uses.update(one.uses)

    def executed(self, scene: Scene) -> dict[str, Seen]:
        """The files that were executed, where their links lead."""
        paths = {path: seen for path, seen in self.inside.items() if Use.EXECUTED in seen.uses}
        return {scene.listing.resolve(path) or path: seen for path, seen in paths.items()}

    def start(self, interpreters: Mapping[str, tuple[str, Use]], scene: Scene) -> dict[str, Seen]:
        """Take the interpreters of what was executed; gives those that are files of the artifact."""
        started: dict[str, Seen] = {}
        for path, (interpreter, use) in interpreters.items():
            by = self.inside.get(path) or Seen(0.0, path)
            one = Seen(by.first, by.process, Counter({use: by.uses.get(Use.EXECUTED, 0) or 1}))
            self.add(interpreter, one)
            for inside in self.places.found(interpreter):
                started[scene.listing.resolve(inside) or inside] = one
        return started

    def trace(self, digest: str) -> Trace:
        """The trace, sorted."""
        touches = (
            Touch(path, dict(sorted(one.uses.items())), round(one.first, 6), one.process)
            for path, one in sorted(self.inside.items())
        )
        return Trace(digest, touches=tuple(touches), outside=tuple(sorted(self.outside)))


def _interpreters(scene: Scene, paths: Iterable[str]) -> dict[str, tuple[str, Use]]:
    """The interpreter that the kernel opens for each of the files, and how."""
    wanted = [entry for path in paths if (entry := _file(scene, path)) is not None]
    found = {}
    for entry, body in scene.artifact.contents.stream(wanted) if wanted else ():
        head = body.read(HEAD)
        if interpreter := interpreter_of(head):
            found[entry.path] = (interpreter, Use.EXECUTED if head.startswith(b"#!") else Use.MAPPED)
    return found


def _file(scene: Scene, path: str) -> Entry | None:
    entry = scene.listing.by_path.get(path)
    return entry if entry is not None and entry.kind in (Kind.FILE, Kind.HARDLINK) else None
