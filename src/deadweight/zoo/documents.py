"""The documents of a version: its manifest and configuration as OCI has them, and its contents.

Source: OCI image-spec 1.1, manifest.md. The contents stand in a layer and not in the configuration, which tools read
whole and only up to 4 MiB.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from deadweight.codecs.zstd import library
from deadweight.core.errors import Corrupt, Unknown
from deadweight.core.zoo import CONTENTS_SCHEMA, Blob, Contents, Summary, Version
from deadweight.zoo.layout import MOST_DOCUMENT, Descriptor, document, put

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
ARTIFACT_TYPE = "application/vnd.deadweight.zoo.version.v1"
CONFIG_TYPE = "application/vnd.deadweight.zoo.summary.v1+json"
CONTENTS_TYPE = "application/vnd.deadweight.zoo.contents.v1+json+zstd"
PARTS_TYPE = "application/vnd.deadweight.zoo.parts.v1"
REFERENCE = "org.opencontainers.image.ref.name"
MOST_MANIFEST = 4 << 20
"""Bytes of a manifest that every registry takes (distribution-spec)."""
_CREATED = "org.opencontainers.image.created"
_VERSION = "org.opencontainers.image.version"
_TITLE = "org.opencontainers.image.title"
_PARENT = "deadweight.zoo.parent"
_NOTE = "deadweight.zoo.note."

T = TypeVar("T")


def put_contents(root: Path, contents: Contents) -> Blob:
    """Store the contents; raises Unknown where they are longer than any that is read."""
    body = msgspec.json.encode(contents)
    if len(body) > MOST_DOCUMENT:
        raise Unknown(f"telling of its tensors takes {len(body):,} bytes", advice="Add the folder in several versions.")
    return put(root, bytes(library().compress(body, level=9)))


def contents(root: Path, version: Version) -> Contents:
    """All that the version is made of; raises Corrupt where it is damaged, or of a later deadweight."""
    return typed(unpacked_contents(root, version), Contents, f"{root}, {version.summary.reference}")


def unpacked_contents(root: Path, version: Version) -> bytes:
    """The contents as JSON."""
    zstd = library()
    where = f"{root}, {version.summary.reference}"
    try:
        body = zstd.ZstdDecompressor().decompress(document(root, version.layers[0]), max_length=MOST_DOCUMENT + 1)
    except zstd.ZstdError as error:
        raise Corrupt(f"its contents are damaged ({error})", where=where) from error
    if len(body) > MOST_DOCUMENT:
        raise Corrupt("its contents have no end", where=where)
    return bytes(body)


def put_manifest(root: Path, summary: Summary, layers: Sequence[Blob]) -> Version:
    """Store configuration and manifest; the first layer holds the contents."""
    config = put(root, msgspec.json.encode(summary))
    types = [CONTENTS_TYPE, *[PARTS_TYPE] * (len(layers) - 1)]
    body = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": ARTIFACT_TYPE,
        "config": _descriptor(config, CONFIG_TYPE),
        "layers": [_descriptor(layer, kind) for layer, kind in zip(layers, types, strict=True)],
        "annotations": _annotations(summary),
    }
    return Version(summary, put(root, msgspec.json.encode(body)), config, tuple(layers))


def index_entry(version: Version) -> Descriptor:
    """What the index says of a version."""
    named = {REFERENCE: str(version.summary.reference)}
    return {**_descriptor(version.manifest, MANIFEST_TYPE), "artifactType": ARTIFACT_TYPE, "annotations": named}


def version_of(root: Path, entry: Mapping[str, object]) -> Version | None:
    """The version that an entry of the index is; None for an image or anything else that is none of ours."""
    one = named(entry, root)
    if one.media_type != MANIFEST_TYPE:
        return None
    manifest = manifest_of(root, one)
    if manifest.artifact_type != ARTIFACT_TYPE:
        return None
    if manifest.config is None or not manifest.layers:
        raise Corrupt(f"the version {one.digest} has no contents", where=str(root))
    config, layers = manifest.config.blob, tuple(layer.blob for layer in manifest.layers)
    return Version(typed(document(root, config), Summary, f"{root}, {config.digest}"), one.blob, config, layers)


class Named(msgspec.Struct, frozen=True, rename="camel"):
    """What names a blob: a descriptor, of which only this is looked at."""

    digest: str
    size: int
    media_type: str = ""

    @property
    def blob(self) -> Blob:
        """The blob."""
        return Blob(self.digest, self.size)

    @property
    def leads_on(self) -> bool:
        """Whether it is a manifest or an index, which name other blobs."""
        return "manifest" in self.media_type or "index" in self.media_type


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """What a manifest or an index names, by any specification."""

    artifact_type: str = ""
    config: Named | None = None
    subject: Named | None = None
    layers: tuple[Named, ...] = ()
    manifests: tuple[Named, ...] = ()
    blobs: tuple[Named, ...] = ()

    @property
    def all_named(self) -> tuple[Named, ...]:
        """Everything that it names."""
        single = tuple(one for one in (self.config, self.subject) if one is not None)
        return (*single, *self.layers, *self.manifests, *self.blobs)


def manifest_of(root: Path, one: Named) -> Manifest:
    """The manifest or index that is named; raises Corrupt where it is missing or none."""
    return typed(document(root, one.blob), Manifest, f"{root}, {one.digest}")


def named(entry: Mapping[str, object], root: Path) -> Named:
    """What an entry of the index names."""
    try:
        return msgspec.convert(entry, Named)
    except msgspec.ValidationError as error:
        raise Corrupt(f"the index names no blob ({error})", where=str(root)) from error


def typed(body: bytes, kind: type[T], where: str) -> T:
    """The value that the JSON says; raises Corrupt where it is another."""
    try:
        found = msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Corrupt(f"it does not say what it should ({error})", where=where) from error
    if getattr(found, "schema", CONTENTS_SCHEMA) > CONTENTS_SCHEMA:
        raise Corrupt("a later deadweight made it", where=where, advice="Update deadweight.")
    return found


def _descriptor(blob: Blob, kind: str) -> Descriptor:
    return {"mediaType": kind, "digest": blob.digest, "size": blob.size}


def _annotations(summary: Summary) -> dict[str, str]:
    parent = {_PARENT: summary.parent} if summary.parent else {}
    notes = {f"{_NOTE}{key}": value for key, value in sorted(summary.notes.items())}
    return {_CREATED: summary.created, _TITLE: summary.name, _VERSION: summary.version, **parent, **notes}
