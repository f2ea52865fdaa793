"""Whether a file is an archive of an image, told from the names of its first members."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from deadweight.codecs.detection import codec_named
from deadweight.core.errors import Refused
from deadweight.core.limits import DEFAULT_LIMITS
from deadweight.formats.byte_range import packed_with
from deadweight.formats.tars.feed import ChunkFeed, SeekFeed
from deadweight.formats.tars.reader import headers

_MEMBERS = 20_000
_BESIDE_LAYERS = ("layer.tar", "json", "VERSION")


def holds(path: Path, names: frozenset[str]) -> bool:
    """Whether the file is a tar, packed or not, with all of these at its top.

    Reading stops at the first name that no image archive has, so another tar is not read to its end.
    """
    if not path.is_file():
        return False
    missing = set(names)
    try:
        for name in islice(_names(path), _MEMBERS):
            missing.discard(name)
            if not missing or not _is_of_an_image(name):
                break
    except Refused:
        return False
    return not missing


def _names(path: Path) -> Iterator[str]:
    outer = packed_with(path)
    with path.open("rb") as stream:
        if outer == "store":
            feed: SeekFeed | ChunkFeed = SeekFeed(stream, str(path))
        else:
            feed = ChunkFeed(codec_named(outer).reader(stream), str(path), DEFAULT_LIMITS, came_from=stream.tell)
        for header in headers(feed, str(path), DEFAULT_LIMITS):
            yield header.path


def _is_of_an_image(name: str) -> bool:
    first, *below = name.split("/")
    if not below or first == "blobs":
        return len(below) <= 2
    return len(below) == 1 and (below[0] in _BESIDE_LAYERS or ".tar" in below[0])
