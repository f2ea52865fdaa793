"""Anything that can be weighed, opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO, Protocol

from deadweight.core.entry import Entry
from deadweight.core.gap import Gap
from deadweight.core.inventory import Inventory
from deadweight.core.layers import Layer
from deadweight.core.listing import Listing


class Contents(Protocol):
    """The bodies of an artifact's entries."""

    def stream(self, wanted: Iterable[Entry]) -> Iterator[tuple[Entry, BinaryIO]]:
        """Give the body of each wanted file, visible or shadowed, in storage order, in one pass over the artifact.

        Each body is read forward only and is good until the next is asked for. A hard link gives the body that it
        shares. Raises Corrupt where the artifact is not what it was when it was opened.
        """


class Blobs(Protocol):
    """The stored parts of a container image, byte for byte, for whoever writes it again."""

    def config(self) -> bytes:
        """The configuration as stored."""

    def manifest(self) -> bytes:
        """The OCI or Docker manifest as stored, empty for a docker archive without one."""

    def descriptor(self) -> Mapping[str, object]:
        """What named the image: its descriptor in index.json, or its item of manifest.json."""

    def layer(self, layer: Layer) -> AbstractContextManager[BinaryIO]:
        """The blob of a layer, compressed as it is stored, read forward only."""

    def entries(self, layer: Layer) -> Sequence[Entry]:
        """All entries of a layer in the order stored, hidden ones, whiteouts and opaque marks included."""


@dataclass(frozen=True, slots=True)
class Image:
    """What a container image says of itself.

    `config` is the parsed configuration as stored, unknown keys included; `manifest` the parsed manifest,
    empty for a docker archive without one. `references` are the names that it was saved under.
    """

    architecture: str
    os: str
    config: Mapping[str, object]
    manifest: Mapping[str, object]
    references: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    working_directory: str = ""
    user: str = ""


@dataclass(frozen=True)
class Artifact:
    """Anything that can be weighed: never changed, and the same bytes at every reading.

    `format` names the Format that opened it, `location` the path as the user gave it, `digest` binds a plan to
    exactly this content. `small` holds the bodies of the metadata files that the opener was asked to keep, by
    path. `layers` is empty and `blobs` None for all but images.
    """

    format: str
    location: str
    digest: str
    inventory: Inventory
    contents: Contents
    small: Mapping[str, bytes]
    layers: tuple[Layer, ...] = ()
    image: Image | None = None
    gaps: tuple[Gap, ...] = ()
    blobs: Blobs | None = None

    @cached_property
    def listing(self) -> Listing:
        """The visible entries, by path and by place."""
        return Listing(self.inventory.visible, self.small)
