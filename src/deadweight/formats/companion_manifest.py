"""What a companion archive says of itself: each path that was changed, how, by which rule, and whose it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from deadweight.core.entry import Kind
from deadweight.core.errors import Corrupt

MANIFEST_SCHEMA = 1


class Change(StrEnum):
    """What became of a path."""

    REMOVED = "removed"
    REPLACED = "replaced"
    LINKED = "linked"


@dataclass(frozen=True, slots=True)
class Item:
    """One path that was changed: `kind` and `target` are those of the original entry, `names` its other hard links."""

    path: str
    change: Change
    rule: str = ""
    owner: str = ""
    kind: Kind = Kind.FILE
    target: str = ""
    layer: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """All items, sorted by path, of the artifact with this digest, cut by this version of deadweight."""

    artifact: str
    format: str
    version: str
    items: tuple[Item, ...]
    schema: int = MANIFEST_SCHEMA


def manifest_to_json(manifest: Manifest) -> bytes:
    """The manifest as ASCII JSON; bytes of paths that are no UTF-8 are escaped surrogates."""
    return json.dumps(msgspec.to_builtins(manifest), separators=(",", ":")).encode("ascii")


def manifest_from_json(body: bytes, where: str) -> Manifest:
    """The manifest; raises Corrupt for one that is damaged or of a newer deadweight."""
    try:
        manifest = msgspec.convert(json.loads(body), Manifest)
    except (ValueError, msgspec.ValidationError, RecursionError) as error:
        raise Corrupt(f"its manifest can't be read: {error}", where=where) from error
    if manifest.schema != MANIFEST_SCHEMA:
        advice = "Restore with the version of deadweight that made it, or a newer one."
        raise Corrupt(f"its manifest has schema {manifest.schema}", where=where, advice=advice)
    return manifest
