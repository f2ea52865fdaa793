"""The companion archive beside a result: what was cut, as it was, with the rule that cut it.

A zstd tar that any tar reads: `manifest.json` first, then under `files/` every removed entry, and the original of
every file that was replaced or became a link, with mode, owner, time and attributes. Equal bodies are there once, as
hard links. Entries that a higher layer hid are not kept: nobody could see them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deadweight.codecs.detection import codec_named
from deadweight.core.artifact import Artifact, Contents
from deadweight.core.changes import Changes, Write, is_removed
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.paths import parents
from deadweight.core.seams import Opening, Packing
from deadweight.core.version import VERSION
from deadweight.formats.byte_range import identity, whole_file
from deadweight.formats.companion_manifest import Change, Item, Manifest, manifest_from_json, manifest_to_json
from deadweight.formats.output import whole_file as whole_output
from deadweight.formats.tars.contents import Container, TarContents, shared_bodies
from deadweight.formats.tars.fields import tar_header
from deadweight.formats.tars.header import padded
from deadweight.formats.tars.index import index_tar
from deadweight.formats.tars.writer import Bodies, compressed, write_tar

MANIFEST = "manifest.json"
FILES = "files/"

Reasons = Mapping[str, tuple[str, str]]
"""Rule and owner by the path that an edit names; what lies in a named directory goes by it."""


@dataclass(frozen=True, slots=True)
class Companion:
    """A companion archive, read: `entries` are its members by the path that they had in the artifact."""

    manifest: Manifest
    entries: Mapping[str, Entry]
    contents: Contents

    def digest(self, path: str) -> str:
        """The digest of the path's original body, empty where it has none."""
        entry: Entry | None = self.entries[path]
        if entry is not None and entry.kind is Kind.HARDLINK:
            entry = self.entries.get(entry.target.removeprefix(FILES))
        return "" if entry is None else entry.digest

    def bodies(self, paths: Iterable[str]) -> Iterator[tuple[str, BinaryIO]]:
        """The original body of each path that has one, in one pass over the archive."""
        wanted = (self.entries[path] for path in paths if path in self.entries)
        for entry, stream in self.contents.stream(wanted):
            yield entry.path.removeprefix(FILES), stream


def write_companion(artifact: Artifact, changes: Changes, reasons: Reasons, out: Path) -> None:
    """Write what the changes take from the artifact to a path that does not exist yet, whole or not at all."""
    originals = _Originals(artifact, changes, reasons)
    items = tuple(originals.items())
    manifest = manifest_to_json(Manifest(artifact.digest, artifact.format, VERSION, items))
    members = tuple(originals.members(items))
    with whole_output(out) as stream, compressed(stream, codec_named("zstd"), Packing()) as tar:
        tar.write(tar_header(Entry(MANIFEST, Kind.FILE, len(manifest))))
        tar.write(manifest.ljust(padded(len(manifest)), b"\0"))
        write_tar(tar, *_as_they_come(members, artifact.contents))


def read_companion(path: Path) -> Companion:
    """Read a companion archive, all of it once, so that damage is seen before anything is restored."""
    with path.open("rb") as stream:
        index = index_tar(stream, str(path), Opening())
    shared, _ = shared_bodies([index.entries])
    container = Container(whole_file(path), index.codec, index.regions)
    contents = TarContents({0: container}, shared, {path: identity(path)})
    by_path = {entry.path: entry for entry in index.entries}
    if MANIFEST not in by_path:
        advice = "A companion lies beside the result and ends in .removed.tar.zst."
        raise Corrupt("it is no companion archive of deadweight", where=str(path), advice=advice)
    body = b"".join(stream.read() for _, stream in contents.stream([by_path[MANIFEST]]))
    entries = {name.removeprefix(FILES): entry for name, entry in by_path.items() if name.startswith(FILES)}
    manifest = manifest_from_json(body, str(path))
    missing = next((item.path for item in manifest.items if item.path not in entries), None)
    if missing is not None:
        raise Corrupt(f"its manifest names {missing!r}, which it does not hold", where=str(path))
    return Companion(manifest, entries, contents)


def _as_they_come(members: Sequence[Write], contents: Contents) -> tuple[Iterator[Write], Bodies]:
    """The members in the order in which the artifact gives their bodies, folders before and links after, and these."""
    by_source = {(one.source.layer, one.source.path): one for one in members if one.source is not None}
    coming: deque[tuple[Entry, BinaryIO]] = deque()

    def ordered() -> Iterator[Write]:
        yield from (one for one in members if one.entry.kind is Kind.DIRECTORY)
        for entry, body in contents.stream(one.source for one in by_source.values() if one.source is not None):
            coming.append((entry, body))
            yield by_source[entry.layer, entry.path]
        yield from (one for one in members if one.source is None and one.entry.kind is not Kind.DIRECTORY)

    def bodies() -> Bodies:
        while True:
            yield coming.popleft()

    return ordered(), bodies()


class _Originals:
    """The entries of an artifact that changes take away or alter."""

    def __init__(self, artifact: Artifact, changes: Changes, reasons: Reasons) -> None:
        self._changes = changes
        self._reasons = reasons
        self._by_path = {entry.path: entry for entry in artifact.inventory.visible}
        self._names: dict[str, list[str]] = {}
        for entry in artifact.inventory.visible:
            if entry.kind is Kind.HARDLINK:
                first = self._first(entry)
                self._names.setdefault(first.path, [first.path]).append(entry.path)

    def items(self) -> Iterator[Item]:
        """What was changed, sorted by path."""
        for path in sorted(self._by_path):
            entry, change = self._by_path[path], self._change(path)
            if change is not None and path:
                rule, owner = self._reason(path)
                names = tuple(name for name in self._names.get(self._first(entry).path, ()) if name != path)
                target = entry.target if entry.kind is Kind.HARDLINK else ""
                yield Item(path, change, rule, owner, entry.kind, target, entry.layer, names)

    def members(self, items: Iterable[Item]) -> Iterator[Write]:
        """What to write for the items; of equal bodies the first is written, the others link to it."""
        held: dict[str, str] = {}
        for item in items:
            entry = self._by_path[item.path].but(path=FILES + item.path, layer=0, offset=-1)
            if item.kind not in (Kind.FILE, Kind.HARDLINK):
                yield Write(entry)
                continue
            source = self._first(self._by_path[item.path])
            holder = held.setdefault(self._body(item), held.get(source.path, entry.path))
            if holder == entry.path:
                held[source.path] = holder
                body = entry.but(kind=Kind.FILE, size=source.size, stored=source.stored, target="")
                yield Write(body, source=source)
            else:
                yield Write(entry.but(kind=Kind.HARDLINK, size=0, stored=0, target=holder))

    def _change(self, path: str) -> Change | None:
        if is_removed(path, self._changes.removed):
            return Change.REMOVED
        if path in self._changes.replaced:
            return Change.REPLACED
        return Change.LINKED if path in self._changes.linked else None

    def _reason(self, path: str) -> tuple[str, str]:
        named = next((one for one in (path, *parents(path)) if one in self._reasons), None)
        return ("", "") if named is None else self._reasons[named]

    def _first(self, entry: Entry) -> Entry:
        """The entry that holds the body."""
        seen = {entry.path}
        while entry.kind is Kind.HARDLINK and entry.target in self._by_path and entry.target not in seen:
            entry = self._by_path[entry.target]
            seen.add(entry.path)
        return entry

    def _body(self, item: Item) -> str:
        """The path that stands for the item's body: that of the first name, or of what it was linked to."""
        path = item.path
        if item.change is Change.LINKED:
            path = self._changes.linked[path].target
        return self._first(self._by_path.get(path, self._by_path[item.path])).path
