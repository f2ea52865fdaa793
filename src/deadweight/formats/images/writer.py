"""Writes container images: an untouched layer keeps its bytes and digest, the others are written anew."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from deadweight.core.artifact import Artifact, Blobs
from deadweight.core.changes import Changes, writes
from deadweight.core.gap import Gap
from deadweight.core.seams import Packing
from deadweight.formats.composed.artifact import COMPOSED
from deadweight.formats.images.accounting import ATTACHED, ELSEWHERE
from deadweight.formats.images.documents import (
    LAYOUT,
    Added,
    Document,
    changed_config,
    changed_manifest,
    docker_documents,
    index_of,
    is_docker,
    layer_descriptor,
    said_diff_ids,
    tree_config,
    tree_manifest,
)
from deadweight.formats.images.layer_writer import StoredLayer, write_layer, write_layers
from deadweight.formats.images.shaping import made_by, shaped
from deadweight.formats.images.sink import FolderSink, Sink, Stored, TarSink
from deadweight.formats.output import whole_directory, whole_file
from deadweight.formats.tars.writer import arranged

TREES = frozenset({"directory", "virtual-environment", "project"})
IMAGES = frozenset({"docker-archive", "oci-layout", "oci-archive"})
PACKED = TREES | IMAGES | {COMPOSED}
"""The formats whose artifacts can be written as images."""

LAYER_CODECS = frozenset({"store", "gzip", "zstd"})
"""The compressions that layers are written with: those that image specifications name."""

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}
"""What images call the machines that Linux calls otherwise."""


def pack_oci_layout(artifact: Artifact, changes: Changes, out: Path, packing: Packing) -> None:
    """Write the artifact, with the changes made, as an OCI layout in a folder."""
    with whole_directory(out) as root:
        sink = FolderSink(root)
        _write_layout(sink, artifact, _image(sink, artifact, changes, packing))


def pack_oci_archive(artifact: Artifact, changes: Changes, out: Path, packing: Packing) -> None:
    """Write the artifact, with the changes made, as an OCI layout in a tar."""
    with whole_file(out) as stream:
        sink = TarSink(stream)
        _write_layout(sink, artifact, _image(sink, artifact, changes, packing))
        sink.finish()


def pack_docker_archive(artifact: Artifact, changes: Changes, out: Path, packing: Packing) -> None:
    """Write the artifact, with the changes made, as `docker load` reads it.

    It is the archive of Docker 25 and later, an OCI layout too; older ones read it by its manifest.json.
    """
    with whole_file(out) as stream:
        sink = TarSink(stream)
        written = _image(sink, artifact, changes, packing)
        _write_layout(sink, artifact, written)
        for name, body in docker_documents(written.config, written.layers, artifact.image).items():
            sink.file(name, body)
        sink.finish()


@dataclass(frozen=True, slots=True)
class _Written:
    """An image whose blobs are stored."""

    config: Stored
    layers: tuple[Stored, ...]
    manifest: bytes


def _write_layout(sink: Sink, artifact: Artifact, written: _Written) -> None:
    stored = sink.blob(_writing(written.manifest))
    source = artifact.blobs.descriptor() if artifact.blobs else {}
    references = artifact.image.references if artifact.image else ()
    sink.file("index.json", index_of(written.manifest, stored, source, references))
    sink.file("oci-layout", LAYOUT)


def _image(sink: Sink, artifact: Artifact, changes: Changes, packing: Packing) -> _Written:
    if artifact.blobs is None:
        return _from_tree(sink, artifact, changes, packing)
    return _from_image(sink, artifact, artifact.blobs, (changes, packing))


def _from_tree(sink: Sink, artifact: Artifact, changes: Changes, packing: Packing) -> _Written:
    """One layer of all that is seen, owned by root."""
    owned = (replace(one, entry=one.entry.but(uid=0, gid=0)) for one in writes(artifact.inventory.visible, changes))
    members = arranged(owned)
    packing = replace(packing, codec=packing.codec or "gzip")
    packing.progress.start("writing the layer", sum(member.entry.size for member in members))
    layer = write_layer(sink, members, artifact.contents, packing)
    packing.progress.finish()
    machine = platform.machine()
    said = artifact.image.config if artifact.image else {"architecture": ARCHITECTURES.get(machine, machine)}
    config = sink.blob(_writing(tree_config(said, layer.diff_id, packing.epoch)))
    manifest = tree_manifest(config, [layer_descriptor(layer.blob, layer.codec, docker=False)])
    return _Written(config, (layer.blob,), manifest)


def _from_image(sink: Sink, artifact: Artifact, blobs: Blobs, how: tuple[Changes, Packing]) -> _Written:
    changes, packing = how
    planned = shaped(artifact, blobs, changes, packing)
    layers = write_layers(sink, artifact, blobs, (planned, packing))
    diff_ids = _diff_ids(blobs, layers)
    known = len(artifact.layers)
    added = Added("".join(one or "" for one in diff_ids[known:]), made_by(planned, known, packing.shape))
    config = sink.blob(_writing(changed_config(blobs.config(), diff_ids[:known], added, packing.epoch)))
    references = artifact.image.references if artifact.image else ()
    manifest = changed_manifest(blobs, config, _descriptors(blobs, layers), references)
    _note_left_out(artifact, packing)
    return _Written(config, tuple(layer.blob for layer in layers if layer), manifest)


def _note_left_out(artifact: Artifact, packing: Packing) -> None:
    """Signatures and attestations are of the source's digest: the result would only carry them about."""
    for cause in (ATTACHED, ELSEWHERE):
        if artifact.inventory.overhead.get(cause):
            packing.note(Gap("pack", artifact.location, f"{cause} of the source are not in the result"))


def _diff_ids(blobs: Blobs, layers: Sequence[StoredLayer | None]) -> list[str | None]:
    """The diff ID of each layer; of a kept one in the algorithm in which the configuration says it."""
    said = said_diff_ids(blobs.config())
    return [
        None if layer is None else said[index] if layer.kept and index < len(said) else layer.diff_id
        for index, layer in enumerate(layers)
    ]


def _descriptors(blobs: Blobs, layers: Sequence[StoredLayer | None]) -> list[Document]:
    """What the manifest says of each layer: of a kept one what it said before."""
    body = blobs.manifest()
    manifest = cast(Document, json.loads(body)) if body else {}
    before = cast("list[Document]", manifest.get("layers") or [])
    return [
        before[index]
        if layer.kept and index < len(before)
        else layer_descriptor(layer.blob, layer.codec, is_docker(manifest))
        for index, layer in enumerate(layers)
        if layer is not None
    ]


def _writing(body: bytes) -> Callable[[BinaryIO], None]:
    def write(stream: BinaryIO) -> None:
        stream.write(body)

    return write
