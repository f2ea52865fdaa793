"""The image of a `docker save` archive that is meant (moby, daemon/internal/image/tarexport)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from deadweight.core.digest import checked_digest
from deadweight.core.errors import Corrupt, Hostile, Unknown
from deadweight.core.paths import plain
from deadweight.formats.documents import any_case, checked, document, parsed, text, texts
from deadweight.formats.images.choice import Choice, LayerBlob, pick, platform_of
from deadweight.formats.images.store import MAX_SMALL, Store

MANIFEST = "manifest.json"
_LAYER_TYPE = "application/vnd.docker.image.rootfs.diff.tar"
_DOCUMENTS = ("VERSION", "json")


@dataclass(frozen=True, slots=True)
class _Saved:
    """One image of the archive."""

    config_name: str
    config_body: bytes
    listed: Mapping[str, object]
    layers: tuple[str, ...]
    references: tuple[str, ...]


def choose_docker(store: Store, platform: str) -> Choice:
    """The image for the platform, or the only one there is; keys may be in any case, layers links to each other."""
    where = f"{store.path}: {MANIFEST}"
    listed = checked(parsed(store.read(MANIFEST), where), list, where)
    images = [_saved(store, checked(one, dict, where), where) for one in listed]
    if not images:
        raise Unknown("the archive holds no image", where=where)
    configs = [document(image.config_body, f"{store.path}: {image.config_name}") for image in images]
    names = [", ".join(image.references) or image.config_name for image in images]
    place = pick([platform_of(config) for config in configs], platform, str(store.path), names)
    return _choice(store, images, place)


def _saved(store: Store, item: Mapping[str, object], where: str) -> _Saved:
    listed = any_case(item)
    config = plain(text(listed, "config", where), where)
    if not config:
        raise Corrupt("an image without configuration", where=where)
    layers = tuple(_resolved(store, name, where) for name in texts(listed, "layers", where))
    return _Saved(config, store.read(config), item, layers, texts(listed, "repotags", where))


def _resolved(store: Store, name: str, where: str) -> str:
    found = store.resolve(plain(name, where))
    if found is None:
        raise Corrupt(f"the layer {name} is missing", where=where, advice="The image is not whole: save it again.")
    return found


def _choice(store: Store, images: list[_Saved], place: int) -> Choice:
    image = images[place]
    digest = hashlib.sha256(image.config_body).hexdigest()
    _check_name(image.config_name, digest, str(store.path))
    others = [one for one in images if one is not image]
    elsewhere = {name for one in others for name in (one.config_name, *one.layers)}
    own = {name for name in store.blobs if _describes(store, name)} | {image.config_name}
    return Choice(
        f"sha256:{digest}",
        b"",
        image.config_body,
        image.listed,
        tuple(_layer(name) for name in image.layers),
        image.references,
        frozenset(own - set(image.layers) - elsewhere),
        elsewhere=frozenset(elsewhere - set(image.layers) - {image.config_name}),
    )


def _layer(name: str) -> LayerBlob:
    """Since Docker 25 a layer lies under its digest, which then must be right."""
    parts = name.split("/")
    in_layout = len(parts) == 3 and parts[:2] == ["blobs", "sha256"]
    return LayerBlob(name, checked_digest(f"sha256:{parts[2]}", name) if in_layout else "", -1, _LAYER_TYPE)


def _check_name(name: str, digest: str, where: str) -> None:
    """A configuration is named by its digest: <hex>.json, sha256:<hex> (kaniko) or blobs/sha256/<hex>."""
    stem = name.rpartition("/")[2].removesuffix(".json").removeprefix("sha256:")
    if len(stem) == 64 and set(stem) <= set("0123456789abcdef") and stem != digest:
        raise Corrupt(f"the configuration {name} has the digest sha256:{digest}", where=where)
    if len(name) > 1024:
        raise Hostile("the configuration has a name of more than 1024 bytes", where=where)


def _describes(store: Store, name: str) -> bool:
    """Whether a file is one of the small ones that describe images: JSON at the top or beside a layer, manifests."""
    last = name.rpartition("/")[2]
    if store.blobs[name].range.length > MAX_SMALL:
        return False
    if last in _DOCUMENTS or last.endswith(".json") or name in ("repositories", "oci-layout"):
        return True
    return name.startswith("blobs/") and store.is_document(name)
