"""An image opened: its layers indexed and laid over each other, every byte of the store counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.core.globs import matcher
from deadweight.core.inventory import Inventory
from deadweight.core.layers import Layer, stack
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import identity
from deadweight.formats.images.blobs import ImageBlobs
from deadweight.formats.images.choice import Choice, LayerBlob
from deadweight.formats.images.config import check_counts, check_diff_ids, image_of, instructions
from deadweight.formats.images.layer_reading import read_layers, scaled
from deadweight.formats.images.store import Store
from deadweight.formats.tars.contents import Container, TarContents, shared_bodies
from deadweight.formats.tars.index import MAX_SMALL, TarIndex

CONFIGURATION, ATTACHED, ELSEWHERE = "configuration", "attestations", "other platforms"
UNREFERENCED, UNREAD = "unreferenced blobs", "unread layers"

Indexes = Mapping[int, TarIndex]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A store and what was chosen in it."""

    store: Store
    choice: Choice

    @property
    def where(self) -> str:
        return str(self.store.path)


def open_image(store: Store, choice: Choice, name: str, opening: Opening) -> Artifact:
    """The image of the store that was chosen, as an artifact of the format of that name.

    Layer digests, diff IDs and counts are checked against manifest, configuration and history; what disagrees raises
    Corrupt. A layer that is no tar, or lies elsewhere, is a gap.
    """
    chosen = _Chosen(store, choice)
    check_counts(choice, chosen.where)
    indexes = read_layers(store, [_readable(blob) for blob in choice.layers], opening)
    check_diff_ids(store, choice, indexes)
    paid = _paid(chosen, indexes)
    entries = [paid[number].entries if number in paid else () for number in range(len(choice.layers))]
    visible, shadowed = stack(entries)
    shared, gaps = shared_bodies(entries)
    contents = _contents(chosen, indexes, shared)
    return Artifact(
        format=name,
        location=chosen.where,
        digest=choice.digest,
        inventory=Inventory(visible, shadowed, _overhead(chosen, paid), store.total),
        contents=contents,
        small=_small(visible, indexes, contents, opening),
        layers=tuple(_layers(chosen, indexes)),
        image=image_of(choice, chosen.where),
        gaps=(*gaps, *_gaps(choice, indexes)),
        blobs=ImageBlobs(choice, contents, entries),
    )


def _readable(blob: LayerBlob) -> LayerBlob:
    """The layer, without its blob where that is no tar (squashfs, encrypted, in-toto)."""
    kind = blob.media_type
    is_tar = not kind or (".tar" in kind and not kind.endswith("encrypted"))
    return blob if is_tar else replace(blob, name="")


def _paid(chosen: _Chosen, indexes: Indexes) -> dict[int, TarIndex]:
    """Each index with what its layer costs where it lies; a blob that several layers share is paid once."""
    paid: dict[int, TarIndex] = {}
    names: set[str] = set()
    for number, index in sorted(indexes.items()):
        name = chosen.choice.layers[number].name
        paid[number] = scaled(index, 0 if name in names else chosen.store.blobs[name].cost)
        names.add(name)
    return paid


def _overhead(chosen: _Chosen, paid: Indexes) -> dict[str, int]:
    overhead = Counter(chosen.store.overhead)
    for index in paid.values():
        overhead.update(index.overhead)
    layers = {chosen.choice.layers[number].name for number in paid}
    for name, blob in chosen.store.blobs.items():
        if name not in layers:
            overhead[_cause(name, chosen.choice)] += blob.cost
    return {cause: size for cause, size in sorted(overhead.items()) if size}


def _cause(name: str, choice: Choice) -> str:
    if name in choice.documents:
        return CONFIGURATION
    if any(blob.name == name for blob in choice.layers):
        return UNREAD
    if name in choice.elsewhere:
        return ELSEWHERE
    return ATTACHED if name in choice.attached else UNREFERENCED


def _contents(chosen: _Chosen, indexes: Indexes, shared: Mapping[tuple[int, str], Entry]) -> TarContents:
    containers = {}
    for number, blob in enumerate(chosen.choice.layers):
        index = indexes.get(number)
        if blob.name:
            codec, regions = (index.codec, index.regions) if index else ("store", {})
            containers[number] = Container(chosen.store.blobs[blob.name].range, codec, regions)
    paths = {container.range.path for container in containers.values()}
    return TarContents(containers, shared, {path: identity(path) for path in paths})


def _small(visible: Sequence[Entry], indexes: Indexes, contents: TarContents, opening: Opening) -> dict[str, bytes]:
    """The metadata files that are seen; one that is a hard link is read by the name that has the body."""
    small: dict[str, bytes] = {}
    wanted = {path for index in indexes.values() for path in index.small}
    keep = matcher(opening.keep)
    links = []
    for entry in visible:
        if entry.path in wanted and entry.kind is Kind.FILE:
            small[entry.path] = indexes[entry.layer].small[entry.path]
        elif entry.kind is Kind.HARDLINK and keep(entry.path):
            links.append(entry)
    for entry, body in contents.stream(links):
        small[entry.path] = body.read(MAX_SMALL)
    return small


def _layers(chosen: _Chosen, indexes: Indexes) -> Iterator[Layer]:
    choice = chosen.choice
    made_by = instructions(choice, chosen.where)
    for number, blob in enumerate(choice.layers):
        index = indexes.get(number)
        there = chosen.store.blobs[blob.name].range.length if blob.name else 0
        yield Layer(
            number,
            blob.digest or (index.digest if index else ""),
            index.diff_id if index else "",
            blob.media_type,
            index.stored_size if index else there,
            index.unpacked if index else 0,
            made_by[number] if number < len(made_by) else "",
        )


def _gaps(choice: Choice, indexes: Indexes) -> Iterator[Gap]:
    for number, blob in enumerate(choice.layers):
        named = f"layer {number + 1} of {len(choice.layers)} ({blob.digest or blob.name})"
        if number in indexes:
            yield from indexes[number].gaps
        elif blob.name:
            yield Gap("open", named, f"a layer of the type {blob.media_type!r} is not read: what it holds is not known")
        else:
            yield Gap("open", named, "the layer lies elsewhere: what it holds is not known")
