"""The stored parts of an image, byte for byte, for whoever writes it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from deadweight.core.entry import Entry
from deadweight.core.layers import Layer
from deadweight.formats.images.choice import Choice
from deadweight.formats.tars.contents import TarContents


@dataclass(frozen=True, slots=True)
class ImageBlobs:
    """The parts of the image that was chosen; see core Blobs."""

    choice: Choice
    contents: TarContents
    by_layer: Sequence[Sequence[Entry]]

    def config(self) -> bytes:
        """The configuration as stored."""
        return self.choice.config_body

    def manifest(self) -> bytes:
        """The manifest as stored, empty for a docker archive."""
        return self.choice.manifest_body

    def descriptor(self) -> Mapping[str, object]:
        """What named the image in its index or in manifest.json."""
        return self.choice.descriptor

    def layer(self, layer: Layer) -> AbstractContextManager[BinaryIO]:
        """The blob of a layer as it is stored."""
        return self.contents.stored(layer.index)

    def entries(self, layer: Layer) -> Sequence[Entry]:
        """All entries of a layer in the order stored."""
        return self.by_layer[layer.index]
