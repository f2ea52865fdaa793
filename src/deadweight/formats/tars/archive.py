"""Opens one tar as an artifact of its own: the last of two members of one path is seen, the first is shadowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from deadweight.codecs.detection import HEAD_BYTES, detect
from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Refused
from deadweight.core.globs import matcher
from deadweight.core.inventory import Inventory
from deadweight.core.layers import stack
from deadweight.core.limits import DEFAULT_LIMITS
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import Identity, identity, whole_file
from deadweight.formats.tars.contents import Container, TarContents, shared_bodies
from deadweight.formats.tars.feed import ChunkFeed
from deadweight.formats.tars.header import BLOCK, ZEROS, is_header
from deadweight.formats.tars.index import MAX_SMALL, TarIndex, index_tar
from deadweight.formats.tars.reader import Header, headers


def is_tar(path: Path) -> bool:
    """Whether the file, or what comes out of its compression, starts with a tar header or is an empty tar."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        codec = detect(stream.read(HEAD_BYTES))
        stream.seek(0)
        try:
            first = codec.reader(stream).read(BLOCK)
        except Refused:
            return False
    return is_header(first) if first != ZEROS else path.stat().st_size % BLOCK == 0


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
        small=_small(visible, index, contents, opening),
        gaps=(*index.gaps, *gaps),
    )


def tar_members(path: Path, unpacked: int) -> Iterator[Header]:
    """The headers of the tar's members, as long as not more than so many bytes came out of it."""
    with path.open("rb") as stream:
        codec = detect(stream.read(HEAD_BYTES))
        stream.seek(0)
        feed = ChunkFeed(codec.reader(stream), str(path), DEFAULT_LIMITS)
        for header in headers(feed, str(path), DEFAULT_LIMITS):
            yield header
            if header.end > unpacked:
                return
            feed.skip(header.end - feed.position)


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


def _small(visible: Sequence[Entry], index: TarIndex, contents: TarContents, opening: Opening) -> Mapping[str, bytes]:
    """The bodies of the wanted files that are seen; those of hard links are read again."""
    keep = matcher(opening.keep)
    files = {entry.path for entry in visible if entry.kind is Kind.FILE}
    small = {path: body for path, body in index.small.items() if path in files}
    linked = [entry for entry in visible if entry.kind is Kind.HARDLINK and keep(entry.path)]
    for entry, body in contents.stream(linked) if linked else ():
        small[entry.path] = body.read(MAX_SMALL)
    return small
