"""The companion archive of a result, written: what the changes took, of equal bodies one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from deadweight.codecs.detection import codec_named
from deadweight.core.artifact import Artifact, Contents
from deadweight.core.changes import Changes, Write
from deadweight.core.entry import Entry, Kind
from deadweight.core.seams import Packing
from deadweight.formats.companion import MANIFEST
from deadweight.formats.originals import Originals, Reasons
from deadweight.formats.output import whole_file
from deadweight.formats.tars.fields import tar_header
from deadweight.formats.tars.header import padded
from deadweight.formats.tars.writer import Bodies, compressed, write_tar


def write_companion(artifact: Artifact, changes: Changes, reasons: Reasons, out: Path) -> None:
    """Write what the changes take from the artifact to a path that does not exist yet, whole or not at all."""
    originals = Originals(artifact, changes, reasons)
    items = tuple(originals.items())
    manifest = originals.manifest(items)
    members = tuple(originals.members(items))
    with whole_file(out) as stream, compressed(stream, codec_named("zstd"), Packing()) as tar:
        tar.write(tar_header(Entry(MANIFEST, Kind.FILE, len(manifest))))
        tar.write(manifest.ljust(padded(len(manifest)), b"\0"))
        write_tar(tar, *_as_they_come(members, artifact.contents))


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
