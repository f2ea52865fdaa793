"""A wheel: a zip with one distribution in it, whose RECORD is true (PEP 427)."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.edit import Storage
from deadweight.core.errors import Refused
from deadweight.core.limits import DEFAULT_LIMITS
from deadweight.core.seams import Format, Opening
from deadweight.formats.zips.directory import read_central
from deadweight.formats.zips.end import starts_zip
from deadweight.formats.zips.reader import ZipKind, open_zip
from deadweight.formats.zips.wheel_record import expected_files, wheel_file
from deadweight.formats.zips.writer import pack_zip


def recognise(path: Path) -> bool:
    """Whether it is a zip with one .dist-info/WHEEL at its top."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if not starts_zip(file):
            return False
        try:
            central = read_central(file, str(path), DEFAULT_LIMITS)
        except Refused:
            return False  # then it is a zip, and opening it says what is wrong
    return wheel_file(member.name for member in central.members) is not None


def open_wheel(path: Path, opening: Opening) -> Artifact:
    """The wheel with every file held against RECORD; symbolic links are files, as installers take them."""
    return open_zip(path, opening, ZipKind("wheel", links=False, expected=expected_files))


FORMAT: Format = Format(
    name="wheel",
    summary="a Python wheel",
    rank=40,
    recognise=recognise,
    open=open_wheel,
    stores=frozenset({Storage.MODES}),
    packs=frozenset({"wheel"}),
    pack=pack_zip,
    codecs=frozenset({"store", "gzip"}),
)
