"""Where the bodies of an image's files lie: each layer is a container of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deadweight.core.entry import Entry
from deadweight.core.gap import Gap
from deadweight.formats.byte_range import identity
from deadweight.formats.images.choice import Choice
from deadweight.formats.images.store import Store
from deadweight.formats.tars.contents import Container, TarContents, shared_bodies
from deadweight.formats.tars.index import TarIndex


def image_contents(
    store: Store, choice: Choice, read: tuple[Mapping[int, TarIndex], Sequence[Sequence[Entry]]]
) -> tuple[TarContents, tuple[Gap, ...]]:
    """The contents of the layers that were read, by their index and their entries; hard links to nothing are gaps."""
    indexes, entries = read
    shared, gaps = shared_bodies(entries)
    containers = {}
    for number, blob in enumerate(choice.layers):
        index = indexes.get(number)
        if blob.name:
            codec, regions = (index.codec, index.regions) if index else ("store", {})
            containers[number] = Container(store.blobs[blob.name].range, codec, regions)
    paths = {container.range.path for container in containers.values()}
    return TarContents(containers, shared, {path: identity(path) for path in paths}), gaps
