"""Opens one tar as an artifact of its own: the last of two members of one path is seen, the first is shadowed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.inventory import Inventory
from deadweight.core.layers import stack
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import Identity, identity, whole_file
from deadweight.formats.tars.contents import Container, TarContents, shared_bodies
from deadweight.formats.tars.index import TarIndex, index_tar
from deadweight.formats.tars.small_files import small_files


def open_tar(path: Path, opening: Opening, format_name: str) -> Artifact:
    """The tar with every body hashed in one pass; its digest is of the file as stored.

    Raises Corrupt for a damaged tar or compression, Hostile for names and sizes that would harm.
    """
    taken = identity(path)
    with path.open("rb") as stream:
        opening.progress.start(f"reading {path}", taken[2])
        index = index_tar(stream, str(path), opening)
        opening.progress.finish()
    if identity(path) != taken:
        raise Corrupt("changed while it was read", where=str(path), advice="Stop what writes to it.")
    shared, gaps = shared_bodies([index.entries])
    stacked, shadowed = stack([index.entries])
    by_path = {entry.path: entry for entry in stacked}
    visible = tuple(_own_body(entry, shared, by_path) for entry in stacked)
    contents = _contents(path.absolute(), taken, index, shared)
    return Artifact(
        format=format_name,
        location=str(path),
        digest=index.digest,
        inventory=Inventory(visible, shadowed, index.overhead, index.stored_size),
        contents=contents,
        small=small_files(visible, {0: index}, contents, opening),
        gaps=(*index.gaps, *gaps),
    )


def _own_body(entry: Entry, shared: Mapping[tuple[int, str], Entry], by_path: Mapping[str, Entry]) -> Entry:
    """A hard link as it is once unpacked: to the member that holds the body, or that body itself where it is hidden."""
    body = shared.get((entry.layer, entry.path)) if entry.kind is Kind.HARDLINK else None
    if body is None:
        return entry
    if by_path.get(body.path) is body:
        return entry.but(target=body.path)
    copy = entry.but(kind=body.kind, size=body.size, target=body.target, digest=body.digest)
    return copy.but(head=body.head, offset=body.offset)


def _contents(path: Path, taken: Identity, index: TarIndex, shared: Mapping[tuple[int, str], Entry]) -> TarContents:
    return TarContents({0: Container(whole_file(path), index.codec, index.regions)}, shared, {path: taken})
