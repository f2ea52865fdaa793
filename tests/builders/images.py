"""Container images, made by hand so that any part of one can be wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builders.tars import Item, packed, tar_of

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"


def sha256(body: bytes) -> str:
    """The digest as documents write it."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def encoded(document: object) -> bytes:
    """The document as JSON."""
    return json.dumps(document).encode()


@dataclass(slots=True)
class Made:
    """An image in parts: each may be changed before it is written."""

    tars: list[bytes]
    codec: str = "store"
    config: dict[str, Any] = field(default_factory=dict)
    blobs: list[bytes] = field(default_factory=list)

    @property
    def config_body(self) -> bytes:
        return encoded(self.config)


def image_of(layers: Sequence[Sequence[Item | tuple[str, bytes]]], codec: str = "store", **config: object) -> Made:
    """An image of these layers, lowest first, with a right configuration but for what `config` says."""
    tars = [tar_of(layer) for layer in layers]
    made: dict[str, Any] = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": ["A=1"], "Cmd": ["python"], "Entrypoint": ["/init"], "WorkingDir": "/app", "User": "1000"},
        "rootfs": {"type": "layers", "diff_ids": [sha256(tar) for tar in tars]},
        "history": [{"created_by": f"RUN step {number}"} for number in range(len(tars))],
        **config,
    }
    return Made(tars, codec, made, [packed(tar, codec) for tar in tars])


def docker_files(image: Made, tags: Sequence[str] = ("app:1",)) -> dict[str, bytes]:
    """The files of a `docker save` archive of the old layout, by name, in storage order."""
    names = [f"{hashlib.sha256(blob).hexdigest()}/layer.tar" for blob in image.blobs]
    files: dict[str, bytes] = {}
    for name, blob in zip(names, image.blobs, strict=True):
        files[name.replace("layer.tar", "VERSION")] = b"1.0"
        files[name.replace("layer.tar", "json")] = b"{}"
        files[name] = blob
    config = f"{hashlib.sha256(image.config_body).hexdigest()}.json"
    files[config] = image.config_body
    files["manifest.json"] = encoded([{"Config": config, "RepoTags": list(tags), "Layers": names}])
    files["repositories"] = b"{}"
    return files


def layer_type(image: Made) -> str:
    """The media type of the image's layers."""
    return OCI_LAYER + {"store": "", "gzip": "+gzip", "zstd": "+zstd"}.get(image.codec, "")


def manifest_of(image: Made) -> dict[str, Any]:
    """The OCI manifest of the image."""
    return {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(image.config_body, OCI_CONFIG),
        "layers": [descriptor(blob, layer_type(image)) for blob in image.blobs],
    }


def descriptor(body: bytes, media_type: str, **more: object) -> dict[str, Any]:
    """The descriptor of a blob."""
    return {"mediaType": media_type, "digest": sha256(body), "size": len(body), **more}


def layout_files(*manifests: tuple[Made, Mapping[str, Any]]) -> dict[str, bytes]:
    """The files of an OCI layout of these images, each with what its descriptor says besides."""
    bodies: list[bytes] = []
    listed = []
    for image, more in manifests:
        manifest = encoded(manifest_of(image))
        bodies += [*image.blobs, image.config_body, manifest]
        listed.append(descriptor(manifest, OCI_MANIFEST, **more))
    return layout_with(bodies, listed)


def layout_with(bodies: Sequence[bytes], listed: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """The files of an OCI layout with these blobs, and this list in its index."""
    files = {"blobs/" + sha256(body).replace(":", "/"): body for body in bodies}
    files["index.json"] = encoded({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": list(listed)})
    files["oci-layout"] = b'{"imageLayoutVersion": "1.0.0"}'
    return files


def write_archive(path: Path, files: Mapping[str, bytes | Item], outer: str = "store") -> Path:
    """The files as a tar, packed or not."""
    items = [body if isinstance(body, Item) else Item(name, body) for name, body in files.items()]
    path.write_bytes(packed(tar_of(items), outer))
    return path


def write_folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """The files as a folder."""
    for name, body in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(body)
    return path


def platform(name: str) -> dict[str, Any]:
    """What a descriptor says of the platform `os/architecture[/variant]`."""
    parts = dict(zip(("os", "architecture", "variant"), name.split("/"), strict=False))
    return {"platform": parts}
