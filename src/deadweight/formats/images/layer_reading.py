"""The layers of an image, indexed or remembered, in the order in which they lie in the store."""

from __future__ import annotations

import os
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
from deadweight.formats.images.index_record import from_record
from deadweight.formats.images.layer_cache import LayerCache
from deadweight.formats.images.layer_process import index_apart
from deadweight.formats.images.store import Store
from deadweight.formats.tars.feed import CHUNK
from deadweight.formats.tars.index import TarIndex, index_tar

_AT_A_TIME = 2
"""Layers that are read at a time: more memory would be in use with each."""

_LARGE = 32 << 20
"""Stored bytes of a layer that is worth a process of its own, which takes a tenth of a second to start."""


def read_layers(store: Store, blobs: Sequence[LayerBlob], opening: Opening) -> dict[int, TarIndex]:
    """The index of each layer whose blob is in the store, by number; sizes and digests are those that were declared.

    Two layers are read at a time, large ones in processes of their own; those of a packed archive one after the other,
    as they come out. Raises Corrupt where one is not what it is said to be.
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
        apart = self._apart(waiting)

        def read(number: int) -> TarIndex | bytes:
            return self._record(number) if number in apart else self._alone(number)

        with ThreadPoolExecutor(_AT_A_TIME, "layer") as pool:
            try:
                told = pool.map(
                    lambda number: self._record(number) if number in apart else self._alone(number), waiting
                )
                return found | {number: self._unpacked(one, number) for number, one in zip(waiting, told, strict=True)}
            finally:
                self.stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)

    def _apart(self, waiting: Sequence[int]) -> frozenset[int]:
        """The layers that are worth a process: large ones that nothing is known of, where several share the cores."""
        large = (number for number in waiting if self.places[number].length >= _LARGE)
        new = frozenset(number for number in large if not self.cache.knows(self.blobs[number].digest))
        return new if len(new) > 1 and len(os.sched_getaffinity(0)) > 1 else frozenset()

    def _record(self, number: int) -> bytes:
        """The record of the layer's index, made in a process of its own; empty where that came to nothing."""
        self._check_size(number)
        asked = (self.opening, number)
        return index_apart(self.places[number], self._where(number), asked, self.stopped)

    def _unpacked(self, told: TarIndex | bytes, number: int) -> TarIndex:
        """The index that a layer's reading came to, in this thread: what others free is not used again by this one."""
        if isinstance(told, TarIndex):
            return told
        index = from_record(told, number) if told else None
        return self._alone(number) if index is None else self._kept(index, number)

    def _alone(self, number: int) -> TarIndex:
        place = self.places[number]
        with Tape(place.path, place.outer) as tape:
            return self._layer(tape, number)

    def _layer(self, tape: Tape, number: int) -> TarIndex:
        """The index of the layer, remembered or made now."""
        self._check_size(number)
        place = self.places[number]
        index = self._remembered(number)
        if index is not None:
            self.opening.progress.advance(place.length)
            return self._checked(index, number)
        stream = cast(BinaryIO, _Stoppable(tape.section(place.start, place.length), self.stopped))
        return self._kept(index_tar(stream, self._where(number), self.opening, number), number)

    def _remembered(self, number: int) -> TarIndex | None:
        declared, place = self.blobs[number].digest, self.places[number]
        digest = self.cache.digest_of(place)
        if not digest and self.cache.knows(declared):
            digest = unpacked_digest(place, "store", "sha256")
        return self.cache.load(digest, number) if digest else None

    def _kept(self, index: TarIndex, number: int) -> TarIndex:
        """The index, remembered from now on."""
        self.cache.store(index)
        return self._checked(index, number)

    def _checked(self, index: TarIndex, number: int) -> TarIndex:
        """The index, where it is that of the layer that was declared."""
        place = self.places[number]
        _check_digest(place, self.blobs[number].digest, index.digest, self._where(number))
        self.cache.saw(place, index.digest)
        return index

    def _check_size(self, number: int) -> None:
        declared, there = self.blobs[number].size, self.places[number].length
        if declared not in (-1, there):
            raise Corrupt(f"it has {there} bytes and the manifest says {declared}", where=self._where(number))

    def _where(self, number: int) -> str:
        return f"{self.places[number].path}: {self.blobs[number].name}"


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


def _check_digest(place: ByteRange, declared: str, digest: str, where: str) -> None:
    algorithm = declared.partition(":")[0]
    actual = unpacked_digest(place, "store", algorithm) if algorithm not in ("", "sha256") else digest
    if declared and actual != declared:
        raise Corrupt(
            f"the layer has the digest {actual} and is said to have {declared}",
            where=where,
            advice="Its bytes were changed on the way: fetch the image again.",
        )
