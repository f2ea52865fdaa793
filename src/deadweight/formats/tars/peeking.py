"""Whether a file is a tar, and the names of its members, before all of it is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deadweight.codecs.detection import HEAD_BYTES, detect
from deadweight.core.errors import Refused
from deadweight.core.limits import DEFAULT_LIMITS
from deadweight.formats.tars.feed import ChunkFeed
from deadweight.formats.tars.header import BLOCK, ZEROS, is_header
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
