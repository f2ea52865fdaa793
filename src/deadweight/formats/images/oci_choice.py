"""The image of an OCI layout that is meant: index, nested indexes, manifest, configuration (OCI image-spec 1.1)."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deadweight.core.digest import checked_digest, hashing
from deadweight.core.errors import Corrupt, Hostile, Unknown
from deadweight.formats.documents import checked, document, section, sections, text
from deadweight.formats.images.choice import Choice, LayerBlob, Platform, pick, platform_of
from deadweight.formats.images.store import Store

INDEX, LAYOUT = "index.json", "oci-layout"
_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_CONFIGS = ("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")
_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
_REFERENCE = "vnd.docker.reference.type"
_DEPTH = 8
_MANIFESTS = 10_000

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What a document says of another blob."""

    digest: str
    size: int
    media_type: str
    data: str
    platform: Platform
    annotations: Document
    listed: Document

    @property
    def name(self) -> str:
        """Where the blob lies in a layout."""
        return "blobs/" + self.digest.replace(":", "/", 1)


@dataclass(frozen=True, slots=True)
class _Found:
    """A manifest that an index leads to; `document` is None where its blob is not in the store."""

    descriptor: Descriptor
    body: bytes
    document: Document | None
    files: frozenset[str]


def descriptor(found: Document, where: str) -> Descriptor:
    """The descriptor, its digest checked before anything is looked up by it."""
    platform = section(found, "platform", where)
    return Descriptor(
        checked_digest(text(found, "digest", where), where),
        checked(found.get("size", -1), int, f"{where}: size"),
        text(found, "mediaType", where),
        text(found, "data", where),
        platform_of(platform),
        section(found, "annotations", where),
        found,
    )


def read_blob(store: Store, wanted: Descriptor) -> bytes:
    """The document that a descriptor stands for, its size and digest checked; embedded data counts too."""
    where = f"{store.path}: {wanted.digest}"
    if store.resolve(wanted.name) is None and wanted.data:
        try:
            body = base64.b64decode(wanted.data, validate=True)
        except ValueError as error:
            raise Corrupt("its embedded data is no base64", where=where) from error
    else:
        body = store.read(wanted.name)
    if wanted.size not in (-1, len(body)):
        raise Corrupt(f"it has {len(body)} bytes and its descriptor says {wanted.size}", where=where)
    algorithm = wanted.digest.partition(":")[0]
    running = hashing(algorithm)
    running.update(body)
    actual = f"{algorithm}:{running.hexdigest()}"
    if actual != wanted.digest:
        raise Corrupt(
            f"its content has the digest {actual}", where=where, advice="The blob was changed: fetch it again."
        )
    return body


def choose_oci(store: Store, platform: str) -> Choice:
    """The image for the platform, or the only one there is.

    Raises UsageError where several could be meant, Unknown where there is none, Corrupt for what is missing.
    """
    where = str(store.path)
    index = document(store.read(INDEX), f"{where}: {INDEX}")
    found = _distinct(_manifests(store, index, _DEPTH, frozenset({INDEX})))
    images = [one for one in found if _is_image(one)]
    present = [one for one in images if one.document is not None] or images
    if not present:
        raise Unknown("the layout holds no container image", where=where, advice="Its manifests are of other kinds.")
    names = [" ".join((*_names(one.descriptor), one.descriptor.digest)) for one in present]
    chosen = present[pick([_platform(store, one) for one in present], platform, where, names)]
    return _choice(store, chosen, found)


def _manifests(store: Store, index: Document, depth: int, files: frozenset[str]) -> Iterator[_Found]:
    where = str(store.path)
    if depth == 0:
        raise Hostile("its indexes are nested without end", where=where)
    _sole(index, "manifests", ("layers", "config"), where)
    for listed in sections(index, "manifests", where):
        one = descriptor(listed, where)
        if store.resolve(one.name) is None and not one.data:
            yield _Found(one, b"", None, files)
            continue
        body = read_blob(store, one)
        content = document(body, f"{where}: {one.digest}")
        _same_type(content, one, where)
        if "manifests" in content or one.media_type in _INDEXES:
            yield from _manifests(store, content, depth - 1, files | {one.name})
        else:
            yield _Found(one, body, content, files | {one.name})


def _distinct(found: Iterator[_Found]) -> list[_Found]:
    by_digest: dict[str, _Found] = {}
    for count, one in enumerate(found):
        if count > _MANIFESTS:
            raise Hostile(f"its indexes list more than {_MANIFESTS} manifests")
        by_digest.setdefault(f"{one.descriptor.digest} {_names(one.descriptor) if one.document is None else ''}", one)
    return list(by_digest.values())


def _is_image(one: _Found) -> bool:
    if _REFERENCE in one.descriptor.annotations or not one.descriptor.platform.is_real:
        return False
    if one.document is None:
        return True
    return one.document.get("layers") is not None and _config_type(one.document) in ("", *_CONFIGS)


def _config_type(manifest: Document) -> str:
    config = manifest.get("config")
    return str(config.get("mediaType") or "") if isinstance(config, dict) else "none"


def _platform(store: Store, one: _Found) -> Platform:
    if one.descriptor.platform != Platform() or one.document is None:
        return one.descriptor.platform
    wanted = _config_descriptor(store, one.document)
    return platform_of(document(read_blob(store, wanted), f"{store.path}: {wanted.digest}"))


def _config_descriptor(store: Store, manifest: Document) -> Descriptor:
    return descriptor(section(manifest, "config", str(store.path)), f"{store.path}: config")


def _choice(store: Store, chosen: _Found, found: list[_Found]) -> Choice:
    if chosen.document is None:
        raise Corrupt(f"{chosen.descriptor.name} is missing", where=str(store.path), advice="Fetch the image again.")
    manifest, where = chosen.document, str(store.path)
    _sole(manifest, "layers", ("manifests", "fsLayers"), where)
    others = [one for one in found if one is not chosen]
    config = _config_descriptor(store, manifest)
    return Choice(
        chosen.descriptor.digest,
        chosen.body,
        read_blob(store, config),
        chosen.descriptor.listed,
        tuple(_layer(store, listed) for listed in sections(manifest, "layers", where)),
        _names(chosen.descriptor),
        chosen.files | {config.name, LAYOUT},
        attached=frozenset().union(*(_reached(one) for one in others if not _is_image(one))),
        elsewhere=frozenset().union(*(_reached(one) for one in others if _is_image(one))),
    )


def _layer(store: Store, listed: Document) -> LayerBlob:
    one = descriptor(listed, f"{store.path}: layers")
    name = store.resolve(one.name)
    elsewhere = bool(listed.get("urls")) or "foreign" in one.media_type or "nondistributable" in one.media_type
    if name is None and not elsewhere:
        raise Corrupt(f"the layer {one.name} is missing", where=str(store.path), advice="Fetch the image again.")
    return LayerBlob(name or "", one.digest, one.size, one.media_type)


def _reached(one: _Found) -> frozenset[str]:
    """The files of another image or attestation, as far as its manifest tells."""
    blobs = (*sections(one.document or {}, "layers", ""), section(one.document or {}, "config", ""))
    digests = (str(blob.get("digest", "")) for blob in blobs)
    return one.files | {"blobs/" + digest.replace(":", "/", 1) for digest in digests if digest}


def _names(one: Descriptor) -> tuple[str, ...]:
    return tuple(str(one.annotations[key]) for key in _NAMES if key in one.annotations)[:1]


def _sole(found: Document, wanted: str, forbidden: tuple[str, ...], where: str) -> None:
    """One document is never an index and a manifest at once (CVE-2021-41190)."""
    if wanted in found and any(key in found for key in forbidden):
        raise Hostile(f"a document has {wanted!r} and {' or '.join(forbidden)}: readers disagree", where=where)


def _same_type(found: Document, one: Descriptor, where: str) -> None:
    said = found.get("mediaType")
    if said and one.media_type and said != one.media_type:
        raise Corrupt(f"{one.digest} calls itself {said!r} and its descriptor {one.media_type!r}", where=where)
