"""A source distribution, packed."""

from __future__ import annotations

import gzip
import tarfile
from io import BytesIO
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.seams import Opening, Packing
from deadweight.formats.sdist import open_sdist, pack_sdist


def _sdist(path: Path) -> Path:
    """An sdist as tarfile packs it, with text that the levels of gzip tell apart."""
    words = "".join(f"def function_{number % 37}(value_{number}): return {number * number}\n" for number in range(4000))
    with tarfile.open(path, "w:gz") as archive:
        for name, body in (("some-1.0/PKG-INFO", "Name: some\nVersion: 1.0\n"), ("some-1.0/some.py", words)):
            header = tarfile.TarInfo(name)
            header.size = len(body)
            archive.addfile(header, BytesIO(body.encode()))
    return path


def test_an_sdist_is_packed_as_tightly_as_those_who_build_it_do(tmp_path: Path) -> None:
    source = _sdist(tmp_path / "some-1.0.tar.gz")
    out = tmp_path / "packed.tar.gz"
    pack_sdist(open_sdist(source, Opening()), Changes(), out, Packing())
    tar = gzip.decompress(out.read_bytes())
    assert out.stat().st_size == len(gzip.compress(tar, 9, mtime=0)) < len(gzip.compress(tar, 6, mtime=0))


def test_a_level_that_is_asked_for_is_taken(tmp_path: Path) -> None:
    source = _sdist(tmp_path / "some-1.0.tar.gz")
    out = tmp_path / "packed.tar.gz"
    pack_sdist(open_sdist(source, Opening()), Changes(), out, Packing(level=1))
    tar = gzip.decompress(out.read_bytes())
    assert out.stat().st_size == len(gzip.compress(tar, 1, mtime=0))
