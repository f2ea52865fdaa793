"""The layers of an image, indexed or remembered, in the order in which they lie in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from threading import Event
from typing import BinaryIO, cast

from deadweight.codecs.detection import codec_named
from deadweight.core.digest import hashing
from deadweight.core.errors import Corrupt
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import ByteRange, Tape
from deadweight.formats.images.choice import LayerBlob
from deadweight.formats.images.layer_cache import LayerCache
from deadweight.formats.images.store import Store
from deadweight.formats.tars.feed import CHUNK
from deadweight.formats.tars.index import TarIndex, index_tar

_AT_A_TIME = 2
"""More would only wait for the interpreter's lock."""


def read_layers(store: Store, blobs: Sequence[LayerBlob], opening: Opening) -> dict[int, TarIndex]:
    """The index of each layer whose blob is in the store, by number; sizes and digests are those that were declared.

    Two layers are read at a time, so that one is hashed while the headers of the other are walked; those of a packed
    archive one after the other, as they come out. Raises Corrupt where one is not what it is said to be.
    """
    cache = LayerCache(opening.cache, opening.keep)
    places = {number: store.blobs[blob.name].range for number, blob in enumerate(blobs) if blob.name}
    opening.progress.start("reading layers", sum(place.length for place in places.values()))
    reading = _Reading(blobs, places, opening, cache)
    packed = any(place.outer != "store" for place in places.values())
    found = reading.in_turn() if packed else reading.side_by_side()
    opening.progress.finish()
    cache.prune()
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """The layers of one image being read; `stopped` is set once one of them failed or the run was interrupted."""

    blobs: Sequence[LayerBlob]
    places: Mapping[int, ByteRange]
    opening: Opening
    cache: LayerCache
    stopped: Event = field(default_factory=Event)

    def in_turn(self) -> dict[int, TarIndex]:
        """One after the other, each packed file unpacked once."""
        found = {}
        with ExitStack() as open_files:
            tapes: dict[Path, Tape] = {}
            for number in sorted(self.places, key=lambda number: (self.places[number].start, number)):
                place = self.places[number]
                if place.path not in tapes:
                    tapes[place.path] = open_files.enter_context(Tape(place.path, place.outer))
                found[number] = self._layer(tapes[place.path], number)
        return found

    def side_by_side(self) -> dict[int, TarIndex]:
        """Two at a time; the first failure in the order of the layers is the one that is raised.

        Those that are remembered come first, without a thread: there is nothing to wait for.
        """
        found = {number: self._alone(number) for number, place in self.places.items() if self.cache.digest_of(place)}
        waiting = [number for number in self.places if number not in found]
        with ThreadPoolExecutor(_AT_A_TIME, "layer") as pool:
            try:
                return found | dict(zip(waiting, pool.map(self._alone, waiting), strict=True))
            finally:
                self.stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)

    def _alone(self, number: int) -> TarIndex:
        place = self.places[number]
        with Tape(place.path, place.outer) as tape:
            return self._layer(tape, number)

    def _layer(self, tape: Tape, number: int) -> TarIndex:
        return _layer(tape, (self.places[number], self.blobs[number], number), self)


@dataclass(frozen=True, slots=True)
class _Stoppable:
    """A stream that ends with an error once nobody waits for it any more."""

    stream: BinaryIO
    stopped: Event

    def read(self, size: int) -> bytes:
        """The next bytes."""
        if self.stopped.is_set():
            raise Corrupt("reading was given up")
        return self.stream.read(size)


def scaled(index: TarIndex, cost: int) -> TarIndex:
    """The index of a layer that costs that much as it lies there: less in a packed archive, nothing the second time.

    Each part gets its share, and the parts still add up.
    """
    if cost == index.stored_size:
        return index
    sizes = [entry.stored for entry in index.entries] + list(index.overhead.values())
    ends = [cost * end // max(1, index.stored_size) for end in accumulate(sizes)]
    shares = [end - before for before, end in zip([0, *ends], ends, strict=False)]
    entries = tuple(
        entry if entry.stored == share else entry.but(stored=share)
        for entry, share in zip(index.entries, shares, strict=False)
    )
    overhead = dict(zip(index.overhead, shares[len(entries) :], strict=True))
    return replace(index, entries=entries, overhead=overhead, stored_size=cost)


def unpacked_digest(place: ByteRange, codec: str, algorithm: str) -> str:
    """The digest of a layer in an algorithm that indexing does not work out, of what comes out of the codec."""
    running = hashing(algorithm)
    with Tape(place.path, place.outer) as tape:
        stream = codec_named(codec).reader(tape.section(place.start, place.length))
        while piece := stream.read(CHUNK):
            running.update(piece)
    return f"{algorithm}:{running.hexdigest()}"


def _layer(tape: Tape, wanted: tuple[ByteRange, LayerBlob, int], reading: _Reading) -> TarIndex:
    place, blob, number = wanted
    opening, cache = reading.opening, reading.cache
    where = f"{place.path}: {blob.name}"
    if blob.size not in (-1, place.length):
        raise Corrupt(f"it has {place.length} bytes and the manifest says {blob.size}", where=where)
    digest = cache.digest_of(place)
    if not digest and cache.knows(blob.digest):
        digest = unpacked_digest(place, "store", "sha256")
    index = cache.load(digest, number) if digest else None
    if index is None:
        stream = cast(BinaryIO, _Stoppable(tape.section(place.start, place.length), reading.stopped))
        index = index_tar(stream, where, opening, number)
        cache.store(index)
    else:
        opening.progress.advance(place.length)
    _check(place, blob.digest, index.digest, where)
    cache.saw(place, index.digest)
    return index


def _check(place: ByteRange, declared: str, digest: str, where: str) -> None:
    algorithm = declared.partition(":")[0]
    actual = unpacked_digest(place, "store", algorithm) if algorithm not in ("", "sha256") else digest
    if declared and actual != declared:
        raise Corrupt(
            f"the layer has the digest {actual} and is said to have {declared}",
            where=where,
            advice="Its bytes were changed on the way: fetch the image again.",
        )
