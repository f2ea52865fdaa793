"""A Python source distribution: a tar with one directory at its top that holds PKG-INFO (PEP 625)."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.edit import Storage
from deadweight.core.errors import Refused
from deadweight.core.seams import Format, Opening, Packing
from deadweight.formats.byte_range import packed_with
from deadweight.formats.tars.archive import open_tar
from deadweight.formats.tars.peeking import is_tar, tar_members
from deadweight.formats.tars.writer import pack_tar

_TOP = re.compile(r"[A-Za-z0-9][\w.-]*-[0-9]\S*")
"""Name and version, as PEP 625 has them and as they were before."""

_TIGHTEST = 9
"""The gzip level that sdists are built with (tarfile's own): with less a result could outgrow its source."""

_LOOKED_AT = 256 << 20
"""Unpacked bytes that are looked through for PKG-INFO, which may come last, before it is taken for a tar."""


def recognise(path: Path) -> bool:
    """Whether all members lie in one directory and that holds PKG-INFO."""
    if not is_tar(path):
        return False
    tops: set[str] = set()
    described = False
    try:
        for header in tar_members(path, _LOOKED_AT):
            top, _, rest = header.path.partition("/")
            tops |= {top} if top else set()
            described = described or rest == "PKG-INFO"
            if len(tops) > 1 or (top and not _TOP.fullmatch(top)):
                return False
    except Refused:
        return False  # then it is a tar, and opening it says what is wrong
    return described


def open_sdist(path: Path, opening: Opening) -> Artifact:
    """The source distribution with every body hashed in one pass."""
    return open_tar(path, opening, "sdist")


def pack_sdist(artifact: Artifact, changes: Changes, out: Path, packing: Packing) -> None:
    """Write it as a tar packed as the source is, gzip where that is not packed."""
    own = packed_with(Path(artifact.location))
    codec = packing.codec or (own if own != "store" else "gzip")
    level = _TIGHTEST if codec == "gzip" and packing.level is None else packing.level
    pack_tar(artifact, changes, out, replace(packing, codec=codec, level=level))


FORMAT: Format = Format(
    name="sdist",
    summary="a Python source distribution",
    rank=60,
    recognise=recognise,
    open=open_sdist,
    stores=frozenset({Storage.HARDLINKS, Storage.SYMLINKS, Storage.MODES, Storage.TIMES, Storage.XATTRS}),
    packs=frozenset({"sdist"}),
    pack=pack_sdist,
)
