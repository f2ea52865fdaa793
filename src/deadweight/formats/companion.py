"""The companion archive beside a result: what was cut, as it was, with the rule that cut it.

A zstd tar that any tar reads: `manifest.json` first, then under `files/` every removed entry, and the original of
every file that was replaced or became a link, with mode, owner, time and attributes. Equal bodies are there once, as
hard links. Entries that a higher layer hid are not kept: nobody could see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deadweight.core.artifact import Contents
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import identity, whole_file
from deadweight.formats.companion_manifest import Manifest, manifest_from_json
from deadweight.formats.tars.contents import Container, TarContents, shared_bodies
from deadweight.formats.tars.index import index_tar

MANIFEST = "manifest.json"
FILES = "files/"


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
