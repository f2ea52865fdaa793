"""What is told of each layer of an image, and what is not known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deadweight.core.gap import Gap
from deadweight.core.layers import Layer
from deadweight.formats.images.choice import Choice
from deadweight.formats.images.config import instructions
from deadweight.formats.images.store import Store
from deadweight.formats.tars.index import TarIndex


def layers_told(store: Store, choice: Choice, indexes: Mapping[int, TarIndex]) -> Iterator[Layer]:
    """Each layer, lowest first: by manifest and configuration, and by its index where it was read."""
    made_by = instructions(choice, str(store.path))
    for number, blob in enumerate(choice.layers):
        index = indexes.get(number)
        there = store.blobs[blob.name].range.length if blob.name else 0
        yield Layer(
            number,
            blob.digest or (index.digest if index else ""),
            index.diff_id if index else "",
            blob.media_type,
            index.stored_size if index else there,
            index.unpacked if index else 0,
            made_by[number] if number < len(made_by) else "",
        )


def gaps_told(choice: Choice, indexes: Mapping[int, TarIndex]) -> Iterator[Gap]:
    """What is not known of the layers, by each of them."""
    for number, blob in enumerate(choice.layers):
        named = f"layer {number + 1} of {len(choice.layers)} ({blob.digest or blob.name})"
        if number in indexes:
            yield from indexes[number].gaps
        elif blob.name:
            yield Gap("open", named, f"a layer of the type {blob.media_type!r} is not read: what it holds is not known")
        else:
            yield Gap("open", named, "the layer lies elsewhere: what it holds is not known")
