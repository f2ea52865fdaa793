"""An artifact as it is once changes are made, without packing it: what comes in lies in staged files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3

from deadweight.core.artifact import Artifact, Contents
from deadweight.core.changes import Changes, Write, writes
from deadweight.core.entry import Entry
from deadweight.core.globs import matcher
from deadweight.core.inventory import Inventory

_CHUNK = 1 << 20
_HEAD = 16


def changed(artifact: Artifact, changes: Changes, keep: Iterable[str]) -> Artifact:
    """The artifact with the changes made, to be judged; the bodies of metadata that `keep` (globs) names are kept.

    It has the digest of the artifact, so that what is planned on it is planned for that. What is added lies one layer
    above all others. It can't be packed: changes of it are packed with these (core/successive_changes.py).
    """
    top = len(artifact.layers)
    made = [_settled(write, top) for write in writes(artifact.inventory.visible, changes)]
    staged = {write.entry.path: write.staged for write in made if write.staged is not None}
    sources = {write.entry.path: write.source for write in made if write.source is not None}
    entries = tuple(sorted((write.entry for write in made), key=lambda entry: entry.path))
    return replace(
        artifact,
        inventory=_inventory(artifact.inventory, entries),
        contents=_ChangedContents(artifact.contents, staged, sources),
        small=dict(_small(artifact.small, {entry.path for entry in entries}, staged, matcher(keep))),
    )


@dataclass(frozen=True, slots=True)
class _ChangedContents:
    """Bodies of the artifact, and those of staged files; what took over a body of another name is read from there."""

    contents: Contents
    staged: Mapping[str, Path]
    sources: Mapping[str, Entry]

    def stream(self, wanted: Iterable[Entry]) -> Iterator[tuple[Entry, BinaryIO]]:
        """See core Contents; what is staged comes last."""
        asked = list(wanted)
        stored = [self.sources.get(entry.path, entry) for entry in asked if entry.path not in self.staged]
        names = {self.sources.get(entry.path, entry): entry for entry in asked if entry.path not in self.staged}
        yield from ((names.get(source, source), body) for source, body in self.contents.stream(stored))
        for entry in asked:
            if entry.path in self.staged:
                with self.staged[entry.path].open("rb") as body:
                    yield entry, body


def _settled(write: Write, top: int) -> Write:
    """What comes of a staged file with its head and digest, as if it had been read at opening."""
    if write.staged is None:
        return write
    running, head = blake3(), b""
    with write.staged.open("rb") as body:
        while chunk := body.read(_CHUNK):
            running.update(chunk)
            head = head or chunk[:_HEAD]
    entry = write.entry
    here = Entry(
        entry.path,
        entry.kind,
        entry.size,
        entry.stored,
        entry.mode,
        entry.uid,
        entry.gid,
        entry.mtime,
        digest=f"blake3:{running.hexdigest()}",
        head=head,
        layer=top,
        xattrs=entry.xattrs,
    )
    return replace(write, entry=here)


def _inventory(before: Inventory, entries: tuple[Entry, ...]) -> Inventory:
    stored = sum(entry.stored for entry in entries)
    return replace(before, visible=entries, total=stored + before.shadowed_bytes + before.overhead_bytes)


def _small(
    kept: Mapping[str, bytes], there: set[str], staged: Mapping[str, Path], wanted: Callable[[str], bool]
) -> Iterator[tuple[str, bytes]]:
    yield from ((path, body) for path, body in kept.items() if path in there and path not in staged)
    yield from ((path, file.read_bytes()) for path, file in staged.items() if wanted(path))
