"""A zoo on disk: an OCI image layout, whose blobs are there whole or not at all.

Source: OCI image-spec, image-layout.md. A blob is written beside the others under `.incoming`, synced, and renamed to
its digest; the index is replaced in one step.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import msgspec

from deadweight.core.digest import checked_digest
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.zoo import Blob
from deadweight.zoo.coding import VERIFY
from deadweight.zoo.locking import shared

LAYOUT = "oci-layout"
INDEX = "index.json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
INCOMING = ".incoming"
BLOBS = "blobs/sha256"
MOST_DOCUMENT = 64 << 20
_VERSION = b'{"imageLayoutVersion":"1.0.0"}'
_OURS = (LAYOUT, INDEX, "blobs")

Descriptor = dict[str, object]


def check(root: Path) -> None:
    """Raise UsageError where the folder is no zoo."""
    if not (root / LAYOUT).is_file():
        raise UsageError(
            "there is no zoo here",
            where=str(root),
            advice="deadweight zoo add makes one; --zoo DIR or DEADWEIGHT_ZOO says where it is.",
        )


def make(root: Path) -> None:
    """Make the folder a zoo where it is none yet; raises UsageError where something else is in it."""
    if (root / LAYOUT).is_file():
        return
    root.mkdir(parents=True, exist_ok=True)
    if any(not one.name.startswith(".") and one.name not in _OURS for one in root.iterdir()):
        raise UsageError("there are other things in the folder", where=str(root), advice="Name one of its own.")
    with shared(root):
        (root / BLOBS).mkdir(parents=True, exist_ok=True)
        _place(root, _VERSION, root / LAYOUT)


def blob_path(root: Path, digest: str) -> Path:
    """Where the blob lies; raises Hostile for what is no digest."""
    algorithm, _, value = checked_digest(digest, str(root)).partition(":")
    return root / "blobs" / algorithm / value


def put(root: Path, body: bytes) -> Blob:
    """Store the bytes as a blob; one that is there, and whole, stays."""
    blob = Blob(f"sha256:{hashlib.sha256(body).hexdigest()}", len(body))
    path = blob_path(root, blob.digest)
    if not _is_there(path, blob):
        _place(root, body, path)
    return blob


def read_at(root: Path, blob: str, offset: int, length: int) -> bytes:
    """Bytes of a blob, not verified; raises Corrupt where they are not there."""
    path = blob_path(root, blob)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise _missing(root, blob) from error
    try:
        body = os.pread(descriptor, length, offset)
    finally:
        os.close(descriptor)
    if len(body) != length:
        raise Corrupt(f"the blob {blob} is shorter than it was", where=str(root), advice=VERIFY)
    return body


def document(root: Path, blob: Blob) -> bytes:
    """All of a small blob, verified by its digest; raises Corrupt for one that is another."""
    if not 0 <= blob.size <= MOST_DOCUMENT:
        raise Corrupt(f"the document {blob.digest} has {blob.size} bytes", where=str(root))
    body = read_at(root, blob.digest, 0, blob.size)
    if blob.digest != f"sha256:{hashlib.sha256(body).hexdigest()}":
        raise Corrupt(f"the blob {blob.digest} is damaged", where=str(root), advice=VERIFY)
    return body


def stored(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every blob that is there, by digest, with its status."""
    with os.scandir(root / BLOBS) as found:
        for one in found:
            if len(one.name) == 64 and one.is_file(follow_symlinks=False):
                yield f"sha256:{one.name}", one.stat(follow_symlinks=False)


def index(root: Path) -> list[Descriptor]:
    """The descriptors of the index, those of other programs too."""
    try:
        found = msgspec.json.decode((root / INDEX).read_bytes())
    except FileNotFoundError:
        return []
    except msgspec.DecodeError as error:
        raise Corrupt(f"it is no JSON ({error})", where=str(root / INDEX)) from error
    manifests = found.get("manifests") if isinstance(found, dict) else None
    if not isinstance(manifests, list) or not all(isinstance(one, dict) for one in manifests):
        raise Corrupt("it lists no manifests", where=str(root / INDEX))
    return cast("list[Descriptor]", manifests)


def put_index(root: Path, manifests: list[Descriptor]) -> None:
    """Replace the index, once all that it names is on the disk; the caller holds the lock of the index."""
    synced(root / BLOBS)
    document: Mapping[str, object] = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": manifests}
    _place(root, msgspec.json.encode(document), root / INDEX)


def synced(folder: Path) -> None:
    """The names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(root: Path, body: bytes, path: Path) -> None:
    """Write, sync, rename: a kill at any moment leaves the old one or the new one."""
    (root / INCOMING).mkdir(exist_ok=True)
    waiting = root / INCOMING / f"{os.getpid()}-{secrets.token_hex(8)}"
    try:
        with waiting.open("xb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        waiting.replace(path)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    if path.parent == root:
        synced(root)


def _is_there(path: Path, blob: Blob) -> bool:
    """Whether the blob is there and is what its name says: damage is mended by storing it again."""
    try:
        if path.stat().st_size != blob.size:
            return False
        with path.open("rb") as stream:
            whole = f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}" == blob.digest
        if whole:
            os.utime(path)
    except OSError:
        return False
    return whole


def _missing(root: Path, blob: str) -> Corrupt:
    return Corrupt(f"the blob {blob} is missing", where=str(root), advice=VERIFY)
