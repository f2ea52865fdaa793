"""Bodies as they are in the copy so far: what an edit changed, else what the artifact stores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Scene

PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Content:
    """What a RECORD says of a body: its SHA-256 and its size in bytes."""

    sha256: bytes
    size: int


def small_bodies(artifact: Artifact, entries: Iterable[Entry]) -> Mapping[str, bytes]:
    """The bodies of metadata files by path: those kept at opening, the others read in one pass."""
    bodies: dict[str, bytes] = {}
    unread = []
    for entry in entries:
        if entry.path in artifact.small:
            bodies[entry.path] = artifact.small[entry.path]
        else:
            unread.append(entry)
    if unread:
        bodies |= {entry.path: stream.read() for entry, stream in artifact.contents.stream(unread)}
    return bodies


def staged_content(path: Path) -> Content:
    """The content of a staged file."""
    digest, size = sha256(), 0
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return Content(digest.digest(), size)


def new_content(scene: Scene, so_far: Changes, path: str) -> Content | None:
    """The content of a visible path whose body is another than before, through links; None where it is unchanged."""
    seen: set[str] = set()
    while path not in seen:
        seen.add(path)
        if path in so_far.replaced:
            return staged_content(so_far.replaced[path])
        entry = scene.listing.by_path.get(path)
        if path in so_far.linked:
            path = so_far.linked[path].target
        elif entry is not None and entry.kind is Kind.HARDLINK:
            path = entry.target
    return None


def staged(staging: Path, kind: str, path: str) -> Path:
    """Where an edit of this kind stages the new content of the path: one name for each, short and plain."""
    return staging / f"{kind}-{sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"
