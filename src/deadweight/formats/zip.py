"""A zip archive, read only where every reader would see the same in it."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.edit import Storage
from deadweight.core.seams import Format, Opening
from deadweight.formats.zips.end import starts_zip
from deadweight.formats.zips.reader import ZipKind, nothing_expected, open_zip
from deadweight.formats.zips.writer import pack_zip

_SOURCES = ("zip", "wheel", "directory", "virtual-environment", "project", "sdist", "tar")


def recognise(path: Path) -> bool:
    """Whether it starts as a zip, or as a program and ends as a zip."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return starts_zip(file)


def open_archive(path: Path, opening: Opening) -> Artifact:
    """The zip with every member checked."""
    return open_zip(path, opening, ZipKind("zip", links=True, expected=nothing_expected))


FORMAT: Format = Format(
    name="zip",
    summary="a zip archive",
    rank=90,
    recognise=recognise,
    open=open_archive,
    stores=frozenset({Storage.SYMLINKS, Storage.MODES}),
    packs=frozenset(_SOURCES),
    pack=pack_zip,
    codecs=frozenset({"store", "gzip"}),
)
