"""What every byte of a store is: of an entry of a layer, of what packs it, or of a blob that is no layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from deadweight.core.entry import Entry
from deadweight.core.inventory import Inventory
from deadweight.core.layers import stack
from deadweight.formats.images.choice import Choice
from deadweight.formats.images.layer_reading import scaled
from deadweight.formats.images.store import Store
from deadweight.formats.tars.index import TarIndex

CONFIGURATION, ATTACHED, ELSEWHERE = "configuration", "attestations", "other platforms"
UNREFERENCED, UNREAD = "unreferenced blobs", "unread layers"

Layers = list[tuple[Entry, ...]]
"""The entries of each layer, lowest first, with what they cost where they lie; none for one that is not read."""


def accounted(store: Store, choice: Choice, indexes: Mapping[int, TarIndex]) -> tuple[Layers, Inventory]:
    """The entries of each layer, and all of the image: what is seen, what is hidden, and the bytes besides."""
    paid = _paid(store, choice, indexes)
    entries = [paid[number].entries if number in paid else () for number in range(len(choice.layers))]
    visible, shadowed = stack(entries)
    return entries, Inventory(visible, shadowed, _overhead(store, choice, paid), store.total)


def _paid(store: Store, choice: Choice, indexes: Mapping[int, TarIndex]) -> dict[int, TarIndex]:
    """Each index with what its layer costs where it lies; a blob that several layers share is paid once."""
    paid: dict[int, TarIndex] = {}
    names: set[str] = set()
    for number, index in sorted(indexes.items()):
        name = choice.layers[number].name
        paid[number] = scaled(index, 0 if name in names else store.blobs[name].cost)
        names.add(name)
    return paid


def _overhead(store: Store, choice: Choice, paid: Mapping[int, TarIndex]) -> dict[str, int]:
    overhead = Counter(store.overhead)
    for index in paid.values():
        overhead.update(index.overhead)
    layers = {choice.layers[number].name for number in paid}
    for name, blob in store.blobs.items():
        if name not in layers:
            overhead[_cause(name, choice)] += blob.cost
    return {cause: size for cause, size in sorted(overhead.items()) if size}


def _cause(name: str, choice: Choice) -> str:
    if name in choice.documents:
        return CONFIGURATION
    if any(blob.name == name for blob in choice.layers):
        return UNREAD
    if name in choice.elsewhere:
        return ELSEWHERE
    return ATTACHED if name in choice.attached else UNREFERENCED
