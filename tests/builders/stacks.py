"""Container images built in the test with tarfile: layers of members, as OCI layouts that other tools read."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from deadweight.codecs.detection import detect

Member = tuple[str, bytes | str | None]
"""A name and a body; None for a folder, text for the target of a symbolic link, or of a hard link after `=`."""

Layer = Sequence[Member]

Seen = tuple[str, bytes | str]
"""The type of what is seen at a path, and its body or target."""


def layer_tar(members: Iterable[Member]) -> bytes:
    """A tar of these members."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, body in members:
            info = tarfile.TarInfo(name)
            info.mtime = 1_600_000_000
            info.mode = 0o644
            if body is None:
                info.type, info.mode = tarfile.DIRTYPE, 0o755
            elif isinstance(body, str):
                hard = body.startswith("=")
                info.type, info.linkname = (tarfile.LNKTYPE if hard else tarfile.SYMTYPE), body.removeprefix("=")
            else:
                info.size = len(body)
            archive.addfile(info, io.BytesIO(body) if isinstance(body, bytes) else None)
    return stream.getvalue()


def blob(root: Path, body: bytes) -> dict[str, Any]:
    """Store the body in the layout; gives digest and size for a descriptor."""
    digest = hashlib.sha256(body).hexdigest()
    folder = root / "blobs" / "sha256"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / digest).write_bytes(body)
    return {"digest": f"sha256:{digest}", "size": len(body)}


def layout_of(
    root: Path,
    layers: Sequence[Layer],
    config: Mapping[str, Any] | None = None,
    manifest: Mapping[str, Any] | None = None,
    packed: bool = True,
) -> Path:
    """An OCI layout of these layers, lowest first, gzip by default, with an instruction that makes no layer on top."""
    tars = [layer_tar(members) for members in layers]
    stored = [gzip.compress(tar, 6, mtime=0) if packed else tar for tar in tars]
    kind = "application/vnd.oci.image.layer.v1.tar" + ("+gzip" if packed else "")
    history = [{"created_by": f"COPY {number}", "created": "2020-01-01T00:00:00Z"} for number in range(len(layers))]
    said = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Cmd": ["/bin/true"], "Env": ["PATH=/bin"], "x-unknown": {"b": 1, "a": [2.5]}},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest() for tar in tars]},
        "history": [*history, {"created_by": "CMD true", "empty_layer": True}],
        **(config or {}),
    }
    described = {"mediaType": "application/vnd.oci.image.config.v1+json", **blob(root, json.dumps(said).encode())}
    whole = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": described,
        "layers": [{"mediaType": kind, **blob(root, body)} for body in stored],
        "annotations": {"org.example.kept": "yes"},
        **(manifest or {}),
    }
    named = {"org.opencontainers.image.ref.name": "latest"}
    entry = {"mediaType": whole["mediaType"], **blob(root, json.dumps(whole).encode()), "annotations": named}
    (root / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (root / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return root


def documents(root: Path) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Index, manifest and configuration of the first image of a layout."""
    index = json.loads((root / "index.json").read_bytes())
    manifest = read_blob(root, index["manifests"][0])
    return index, json.loads(manifest), json.loads(read_blob(root, json.loads(manifest)["config"]))


def read_blob(root: Path, descriptor: Mapping[str, Any]) -> bytes:
    """The blob that a descriptor names, its digest and size checked."""
    algorithm, _, value = descriptor["digest"].partition(":")
    body: bytes = (root / "blobs" / algorithm / value).read_bytes()
    assert hashlib.new(algorithm, body).hexdigest() == value
    assert len(body) == descriptor["size"]
    return body


def unpacked_layers(root: Path) -> list[bytes]:
    """The tars of a layout's layers, lowest first, each checked against its diff ID."""
    _, manifest, config = documents(root)
    bodies = [read_blob(root, layer) for layer in manifest["layers"]]
    unpacked = [_unpacked(body) for body in bodies]
    assert ["sha256:" + hashlib.sha256(tar).hexdigest() for tar in unpacked] == config["rootfs"]["diff_ids"]
    return unpacked


def _unpacked(body: bytes) -> bytes:
    if body[:2] == b"\x1f\x8b":
        return gzip.decompress(body)
    return detect(body).reader(io.BytesIO(body)).read()


def flattened(layers: Iterable[bytes]) -> dict[str, Seen]:
    """What is seen of layers, by a flattener of its own; hard links as the bodies that they share.

    Folders that nothing stores, made because something lies in them or is hidden in them, are "implied".
    """
    seen: dict[str, Seen] = {}
    for body in layers:
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            members = [(info.name.strip("/"), info) for info in archive if info.name not in (".", "./")]
            for path, _ in members:
                _erase(seen, path)
            for path, info in members:
                thing = _thing(archive, info, seen) if ".wh." not in path else None
                _lay(seen, path, thing)
    return seen


def stored_paths(seen: Mapping[str, Seen]) -> dict[str, Seen]:
    """What is seen and stored, without implied folders."""
    return {path: thing for path, thing in seen.items() if thing[0] != "implied"}


def _thing(archive: tarfile.TarFile, info: tarfile.TarInfo, seen: Mapping[str, Seen]) -> Seen:
    if info.isdir():
        return "directory", b""
    if info.issym():
        return "symlink", info.linkname
    if info.islnk():
        return seen[info.linkname]
    found = archive.extractfile(info)
    assert found is not None
    return "file", found.read()


def _lay(seen: dict[str, Seen], path: str, thing: Seen | None) -> None:
    parts = path.split("/")
    for depth in range(1, len(parts)):
        above = "/".join(parts[:depth])
        if seen.get(above, ("implied",))[0] not in ("directory", "implied"):
            del seen[above]
        seen.setdefault(above, ("implied", b""))
    if thing is not None:
        if thing[0] != "directory":
            _remove(seen, path)
        seen[path] = thing


def _erase(seen: dict[str, Seen], path: str) -> None:
    directory, _, name = path.rpartition("/")
    if name == ".wh..wh..opq":
        for below in [one for one in seen if one.startswith(f"{directory}/" if directory else "")]:
            del seen[below]
    elif name.startswith(".wh."):
        _remove(seen, f"{directory}/{name[4:]}".lstrip("/"))


def _remove(seen: dict[str, Seen], path: str) -> None:
    for below in [one for one in seen if one == path or one.startswith(path + "/")]:
        del seen[below]
