"""Writes the layers of an image: the untouched byte for byte, the others anew from their members."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from deadweight.codecs.detection import HEAD_BYTES, codec_named, detect
from deadweight.core.artifact import Artifact, Blobs, Contents
from deadweight.core.changes import Write
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.layers import Layer
from deadweight.core.seams import Codec, Packing
from deadweight.formats.images.layer_plan import Members
from deadweight.formats.images.sink import Sink, Stored, hashed
from deadweight.formats.tars.hashing import Hashing
from deadweight.formats.tars.writer import bodies_of, compressed, dated, write_tar

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredLayer:
    """A layer of the result. `kept` says that its blob is the source's."""

    blob: Stored
    diff_id: str
    codec: Codec
    kept: bool = False


def keep_layer(sink: Sink, blobs: Blobs, layer: Layer) -> StoredLayer:
    """Copy the blob of a layer; raises Corrupt where it is not what it was.

    One that lies elsewhere (a foreign layer, of size 0 here) stays elsewhere.
    """
    if layer.size == 0:
        return StoredLayer(Stored(layer.digest, 0), layer.diff_id, codec_named("store"), kept=True)

    def write(stream: BinaryIO) -> None:
        with blobs.layer(layer) as blob:
            shutil.copyfileobj(blob, stream, _CHUNK)

    stored = sink.blob(write, layer.digest.partition(":")[0])
    if stored.digest != layer.digest:
        raise Corrupt(f"the layer is {stored.digest} and was {layer.digest}", advice="Fetch the image again.")
    return StoredLayer(stored, layer.diff_id, source_codec(blobs, layer), kept=True)


def write_layers(
    sink: Sink, artifact: Artifact, blobs: Blobs, how: tuple[Sequence[Members], Packing]
) -> list[StoredLayer | None]:
    """Each layer as it was stored, None for one of which nothing is left."""
    planned, packing = how
    stored: list[StoredLayer | None] = []
    packing.progress.start("writing layers", sum(one.entry.size for members in planned for one in members or ()))
    with staged_from_below([members or () for members in planned], artifact.contents) as staged:
        for index, members in enumerate(planned):
            if members is None:
                stored.append(keep_layer(sink, blobs, artifact.layers[index]))
            elif not members:
                stored.append(None)
            else:
                below = artifact.layers[min(index, len(artifact.layers) - 1)]
                codec = packing.codec or source_codec(blobs, below).name
                stored.append(write_layer(sink, staged[index], artifact.contents, replace(packing, codec=codec)))
    packing.progress.finish()
    return stored


def write_layer(sink: Sink, members: Sequence[Write], contents: Contents, packing: Packing) -> StoredLayer:
    """Write a layer of these members, in their order, which is that of their bodies; `packing` names the codec."""
    codec = layer_codec(packing.codec)
    bodies = bodies_of(members, contents)
    with Hashing() as unpacked:

        def write(stream: BinaryIO) -> None:
            with compressed(stream, codec, packing) as packed, hashed(packed, unpacked) as tar:
                write_tar(tar, dated(members, packing.epoch), bodies, packing.progress)

        stored = sink.blob(write)
        return StoredLayer(stored, unpacked.digest(), codec)


def layer_codec(name: str) -> Codec:
    """The codec of this name; raises UsageError for one that image layers are not packed with."""
    codec = codec_named(name)
    if not _is_for_layers(codec):
        raise UsageError(f"image layers are not packed with {name}", advice="Choose store, gzip or zstd.")
    return codec


def source_codec(blobs: Blobs, layer: Layer) -> Codec:
    """What the layer is packed with, by its first bytes; gzip for what only old Docker archives have."""
    with blobs.layer(layer) as blob:
        codec = detect(blob.read(HEAD_BYTES))
    return codec if _is_for_layers(codec) else codec_named("gzip")


@contextmanager
def staged_from_below(layers: Sequence[Sequence[Write]], contents: Contents) -> Iterator[list[tuple[Write, ...]]]:
    """The members with the bodies that come from another layer in files: they are stored long before their use."""
    foreign = {
        id(one): one.source for layer in layers for one in layer if one.source and one.source.layer != one.entry.layer
    }
    with TemporaryDirectory(prefix="deadweight-") as folder:
        staged: dict[tuple[int, str], Path] = {}
        for entry, body in contents.stream(set(foreign.values())) if foreign else ():
            path = Path(folder) / str(len(staged))
            with path.open("wb") as stream:
                shutil.copyfileobj(body, stream, _CHUNK)
            staged[entry.layer, entry.path] = path
        yield [tuple(_staged(one, staged) if id(one) in foreign else one for one in layer) for layer in layers]


def _staged(member: Write, staged: dict[tuple[int, str], Path]) -> Write:
    assert member.source is not None
    return replace(member, source=None, staged=staged[member.source.layer, member.source.path])


def _is_for_layers(codec: Codec) -> bool:
    return bool(codec.suffix) or codec.name == "store"
