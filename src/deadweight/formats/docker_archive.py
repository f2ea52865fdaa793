"""A `docker save` archive, of the old layout or of Docker 25 and later."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.edit import Storage
from deadweight.core.seams import Format, Opening
from deadweight.formats.images.docker_choice import MANIFEST, choose_docker
from deadweight.formats.images.open import open_image
from deadweight.formats.images.store import archive_store
from deadweight.formats.images.traces import holds
from deadweight.formats.images.writer import LAYER_CODECS, PACKED, pack_docker_archive


def _recognise(path: Path) -> bool:
    return holds(path, frozenset({MANIFEST}))


def _open(path: Path, opening: Opening) -> Artifact:
    store = archive_store(path, opening.limits)
    return open_image(store, choose_docker(store, opening.platform), "docker-archive", opening)


FORMAT: Format = Format(
    name="docker-archive",
    summary="an image as `docker save` writes it",
    rank=10,
    recognise=_recognise,
    open=_open,
    stores=frozenset(Storage),
    packs=PACKED,
    pack=pack_docker_archive,
    codecs=LAYER_CODECS,
)
