"""The documents of a changed image: configuration, manifest, index, and Docker's own list."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from deadweight.core.artifact import Blobs, Image
from deadweight.core.seams import Codec
from deadweight.formats.images.sink import Stored, blob_name

Document = dict[str, object]

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"
REFERENCE_NAME = "org.opencontainers.image.ref.name"
BASE_DIGEST = "org.opencontainers.image.base.digest"
BASE_NAME = "org.opencontainers.image.base.name"
LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'
ADDED = "deadweight: added"

_TAGGED = re.compile(r"[a-z0-9][a-zA-Z0-9._/:-]*:[\w][\w.-]{0,127}")


def as_json(value: object) -> bytes:
    """The value as compact JSON, keys in their order."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape")


def said_diff_ids(config: bytes) -> list[str]:
    """The diff IDs that the configuration names, lowest layer first."""
    filesystem = cast(Document, cast(Document, json.loads(config)).get("rootfs") or {})
    return cast("list[str]", filesystem.get("diff_ids") or [])


@dataclass(frozen=True, slots=True)
class Added:
    """A layer on top of the source's: its diff ID, empty for none, and what the history says of it."""

    diff_id: str = ""
    created_by: str = ADDED


def changed_config(body: bytes, diff_ids: Sequence[str | None], added: Added, epoch: int) -> bytes:
    """The configuration with these layers, None for one that went, and the one that was added on top.

    The history keeps an entry for every instruction: that of a layer that went says that it has none. Keys that
    are not about layers stay as they are; nothing changes where the layers are the same.
    """
    config = cast(Document, json.loads(body))
    filesystem = cast(Document, config.get("rootfs") or {"type": "layers"})
    after = [one for one in diff_ids if one is not None] + ([added.diff_id] if added.diff_id else [])
    if filesystem.get("diff_ids") == after and len(after) == len(diff_ids):
        return body
    config["rootfs"] = {**filesystem, "diff_ids": after}
    history = _history(cast("list[Document]", config.get("history") or []), diff_ids)
    if history is not None:
        made = {"created": timestamp(epoch), "created_by": added.created_by}
        config["history"] = history + ([made] if added.diff_id else [])
    return as_json(config)


def tree_config(said: Mapping[str, object], diff_id: str, epoch: int) -> bytes:
    """The configuration of an image of one layer made from a tree; `said` is what it runs, and on what."""
    made = {"created": timestamp(epoch), "created_by": "deadweight"}
    rootfs = {"type": "layers", "diff_ids": [diff_id]}
    config = {"created": timestamp(epoch), "os": "linux", "config": {}, **said}
    return as_json({**config, "rootfs": rootfs, "history": [made]})


def run_config(environment: Sequence[str], entrypoint: Sequence[str], directory: str) -> Document:
    """What an image says of what it starts (image-spec, config.md)."""
    return {"Env": list(environment), "Entrypoint": list(entrypoint), "WorkingDir": directory}


def changed_manifest(blobs: Blobs, config: Stored, layers: Sequence[Document], references: Sequence[str]) -> bytes:
    """The manifest with this configuration and these layers; the source's own where nothing changed.

    An OCI manifest names the image that it was made from as its base, unless it names another.
    """
    body = blobs.manifest()
    manifest = cast(Document, json.loads(body)) if body else {"schemaVersion": 2, "mediaType": OCI_MANIFEST}
    before = cast(Document, manifest.get("config") or {"mediaType": OCI_CONFIG})
    if before.get("digest") == config.digest and manifest.get("layers") == list(layers):
        return body
    kept = {key: value for key, value in before.items() if key not in ("data", "digest", "size")}
    manifest["config"] = {**kept, "digest": config.digest, "size": config.size}
    manifest["layers"] = list(layers)
    if body and not is_docker(manifest):
        base = {BASE_DIGEST: "sha256:" + hashlib.sha256(body).hexdigest()}
        base |= {BASE_NAME: references[0]} if references else {}
        annotations = cast(Document, manifest.get("annotations") or {})
        manifest["annotations"] = annotations if BASE_DIGEST in annotations else {**annotations, **base}
    return as_json(manifest)


def tree_manifest(config: Stored, layers: Sequence[Document]) -> bytes:
    """The manifest of an image made from a tree."""
    described = {"mediaType": OCI_CONFIG, "digest": config.digest, "size": config.size}
    return as_json({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": described, "layers": list(layers)})


def layer_descriptor(blob: Stored, codec: Codec, docker: bool) -> Document:
    """What a manifest says of a layer that was written anew."""
    suffix = codec.suffix.replace("+", ".") if docker else codec.suffix
    media_type = (DOCKER_LAYER if docker else OCI_LAYER) + suffix
    return {"mediaType": media_type, "digest": blob.digest, "size": blob.size}


def index_of(manifest: bytes, stored: Stored, source: Mapping[str, object], references: Sequence[str]) -> bytes:
    """The index with the one image, under the names that its descriptor or else its references give it."""
    media_type = cast(Document, json.loads(manifest)).get("mediaType", OCI_MANIFEST)
    descriptor: Document = {"mediaType": media_type, "digest": stored.digest, "size": stored.size}
    descriptor |= {key: source[key] for key in ("platform", "annotations") if source.get(key)}
    annotations = cast(Document, descriptor.get("annotations") or {})
    named: list[Document] = [{**descriptor, "annotations": {**annotations, REFERENCE_NAME: one}} for one in references]
    manifests = [descriptor] if "annotations" in descriptor or not named else named
    return as_json({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests})


def docker_documents(config: Stored, layers: Sequence[Stored], image: Image | None) -> dict[str, bytes]:
    """What `docker load` reads: manifest.json, and the older list of names."""
    tags = [one for one in image.references if _TAGGED.fullmatch(one)] if image else []
    paths = [blob_name(layer.digest) for layer in layers]
    item = {"Config": blob_name(config.digest), "RepoTags": tags or None, "Layers": paths}
    documents = {"manifest.json": as_json([item])}
    if tags and layers:
        names: dict[str, dict[str, str]] = {}
        for tag in tags:
            name, _, label = tag.rpartition(":")
            names.setdefault(name, {})[label] = layers[-1].digest.partition(":")[2]
        documents["repositories"] = as_json(names)
    return documents


def is_docker(manifest: Mapping[str, object]) -> bool:
    """Whether a manifest is Docker's own kind."""
    return manifest.get("mediaType") == DOCKER_MANIFEST


def timestamp(epoch: int) -> str:
    """Seconds as RFC 3339 in UTC."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _history(history: Sequence[Document], diff_ids: Sequence[str | None]) -> list[Document] | None:
    """The history lined up with the layers, None where it did not before: then it stays."""
    if sum(not one.get("empty_layer") for one in history) != len(diff_ids):
        return None
    waiting = iter(diff_ids)
    return [
        one if one.get("empty_layer") or next(waiting) is not None else {**one, "empty_layer": True} for one in history
    ]
