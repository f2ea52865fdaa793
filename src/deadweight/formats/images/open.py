"""An image opened: its layers indexed and laid over each other, every byte of the store counted."""

from __future__ import annotations

from dataclasses import replace

from deadweight.core.artifact import Artifact
from deadweight.core.seams import Opening
from deadweight.formats.images.accounting import accounted
from deadweight.formats.images.blobs import ImageBlobs
from deadweight.formats.images.choice import Choice, LayerBlob
from deadweight.formats.images.config import check_counts, check_diff_ids, image_of
from deadweight.formats.images.containers import image_contents
from deadweight.formats.images.layer_reading import read_layers
from deadweight.formats.images.store import Store
from deadweight.formats.images.telling import gaps_told, layers_told
from deadweight.formats.tars.small_files import small_files


def open_image(store: Store, choice: Choice, name: str, opening: Opening) -> Artifact:
    """The image of the store that was chosen, as an artifact of the format of that name.

    Layer digests, diff IDs and counts are checked against manifest, configuration and history; what disagrees raises
    Corrupt. A layer that is no tar, or lies elsewhere, is a gap.
    """
    where = str(store.path)
    check_counts(choice, where)
    indexes = read_layers(store, [_readable(blob) for blob in choice.layers], opening)
    check_diff_ids(store, choice, indexes)
    entries, inventory = accounted(store, choice, indexes)
    contents, gaps = image_contents(store, choice, (indexes, entries))
    return Artifact(
        format=name,
        location=where,
        digest=choice.digest,
        inventory=inventory,
        contents=contents,
        small=small_files(inventory.visible, indexes, contents, opening),
        layers=tuple(layers_told(store, choice, indexes)),
        image=image_of(choice, where),
        gaps=(*gaps, *gaps_told(choice, indexes)),
        blobs=ImageBlobs(choice, contents, entries),
    )


def _readable(blob: LayerBlob) -> LayerBlob:
    """The layer, without its blob where that is no tar (squashfs, encrypted, in-toto)."""
    kind = blob.media_type
    is_tar = not kind or (".tar" in kind and not kind.endswith("encrypted"))
    return blob if is_tar else replace(blob, name="")
