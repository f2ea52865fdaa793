"""A tar, packed or not, indexed in one pass: its entries with what each costs, its digests, its small files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from deadweight.codecs.detection import HEAD_BYTES, detect
from deadweight.core.entry import Entry
from deadweight.core.errors import DeadweightError
from deadweight.core.gap import Gap
from deadweight.core.seams import Codec, Opening
from deadweight.formats.tars.ahead import ReadingAhead
from deadweight.formats.tars.feed import ChunkFeed
from deadweight.formats.tars.hashing import Hashing
from deadweight.formats.tars.members import Members
from deadweight.formats.tars.sparse_maps import Regions
from deadweight.formats.tars.stored_stream import StoredStream


@dataclass(frozen=True, slots=True)
class TarIndex:
    """What one tar holds; the stored bytes of the entries and the overhead add up to `stored_size`, exactly.

    `entries` are in storage order, each file with its blake3 digest and first bytes. `digest` is sha256 of the tar
    as stored, `diff_id` of the unpacked one, `unpacked` its bytes. `codec` names what packs it. `small` are the
    bodies of the files that `Opening.keep` names, by path; `regions` where the data of each sparse file goes, by
    the offset of its body.
    """

    entries: tuple[Entry, ...]
    overhead: Mapping[str, int]
    stored_size: int
    unpacked: int
    digest: str
    diff_id: str
    codec: str
    small: Mapping[str, bytes]
    regions: Mapping[int, Regions] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()


def index_tar(stream: BinaryIO, where: str, opening: Opening, layer: int | None = None) -> TarIndex:
    """Read the whole stream, from where it stands to its end, and tell what it holds.

    With a layer number names are read as those of an image layer: whiteouts are marks, not files. Without one the
    end mark must be there, or the tar is taken for cut off. What a packed
    tar's entries cost is measured where packed pieces begin and end, and in proportion between.
    Raises Corrupt for a damaged tar or compression, Hostile beyond `opening.limits`.
    """
    stored = StoredStream(stream, opening.progress)
    codec = detect(stored.head(HEAD_BYTES))
    try:
        if codec.name == "store":
            digest = ""
            reading, diff_id = _read(stored, codec, where, (opening, layer))
        else:
            with Hashing() as packed:
                stored.hash_with(packed.update)
                reading, diff_id = _read(stored, codec, where, (opening, layer))
                stored.flush()
                digest = packed.digest()
    except DeadweightError as error:
        raise error if error.where else type(error)(error.what, where=where, advice=error.advice) from error
    return TarIndex(
        tuple(reading.entries),
        {cause: size for cause, size in reading.overhead.items() if size},
        stored.count,
        reading.feed.position,
        digest or diff_id,
        diff_id,
        codec.name,
        reading.small,
        reading.regions,
        tuple(reading.gaps),
    )


def _read(stored: StoredStream, codec: Codec, where: str, wanted: tuple[Opening, int | None]) -> tuple[Members, str]:
    """One pass over what comes out of the codec, and the digest of that."""
    opening, layer = wanted
    stream = codec.reader(cast(BinaryIO, stored))
    with ReadingAhead(stream, lambda: stored.count) as ahead:
        came_from = None if codec.name == "store" else ahead.came_from
        reading = Members(ChunkFeed(cast(BinaryIO, ahead), where, opening.limits, came_from), where, opening, layer)
        reading.run()
        return reading, ahead.digest()
