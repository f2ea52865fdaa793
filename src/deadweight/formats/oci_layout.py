"""An OCI image layout as a folder."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.edit import Storage
from deadweight.core.seams import Format, Opening
from deadweight.formats.images.oci_choice import INDEX, LAYOUT, choose_oci
from deadweight.formats.images.open import open_image
from deadweight.formats.images.store import folder_store
from deadweight.formats.images.writer import LAYER_CODECS, PACKED, pack_oci_layout


def _recognise(path: Path) -> bool:
    return (path / INDEX).is_file() and (path / LAYOUT).is_file()


def _open(path: Path, opening: Opening) -> Artifact:
    store = folder_store(path)
    return open_image(store, choose_oci(store, opening.platform), "oci-layout", opening)


FORMAT: Format = Format(
    name="oci-layout",
    summary="an OCI image layout as a folder",
    rank=12,
    recognise=_recognise,
    open=_open,
    stores=frozenset(Storage),
    packs=PACKED,
    pack=pack_oci_layout,
    codecs=LAYER_CODECS,
)
