"""An OCI image layout in a tar."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.edit import Storage
from deadweight.core.seams import Format, Opening
from deadweight.formats.images.oci_choice import INDEX, LAYOUT, choose_oci
from deadweight.formats.images.open import open_image
from deadweight.formats.images.store import archive_store
from deadweight.formats.images.traces import holds
from deadweight.formats.images.writer import LAYER_CODECS, PACKED, pack_oci_archive


def _recognise(path: Path) -> bool:
    return holds(path, frozenset({INDEX, LAYOUT}))


def _open(path: Path, opening: Opening) -> Artifact:
    store = archive_store(path, opening.limits)
    return open_image(store, choose_oci(store, opening.platform), "oci-archive", opening)


FORMAT: Format = Format(
    name="oci-archive",
    summary="an OCI image layout in a tar",
    rank=11,
    recognise=_recognise,
    open=_open,
    stores=frozenset(Storage),
    packs=PACKED,
    pack=pack_oci_archive,
    codecs=LAYER_CODECS,
)
