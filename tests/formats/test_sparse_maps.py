"""Maps of sparse files, held against the standard library, GNU tar and damage."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import Corrupt
from deadweight.formats.tars.extensions import pax_records
from deadweight.formats.tars.header import BLOCK, read_block
from deadweight.formats.tars.sparse_maps import (
    Regions,
    checked_regions,
    numbered_count,
    numbered_sparse,
    octal,
    old_sparse,
    pax_sparse,
)


@st.composite
def maps(draw: st.DrawFn) -> Regions:
    """Regions with holes of at least a byte between them."""
    at, found = 0, []
    for hole, data in draw(st.lists(st.tuples(st.integers(1, 999), st.integers(1, 999)), max_size=25)):
        found.append((at + hole, data))
        at += hole + data
    return tuple(found)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(regions=maps())
def test_a_map_is_the_same_in_each_of_its_three_pax_forms(regions: Regions) -> None:
    numbers = [b"%d" % number for region in regions for number in region]
    pairs = [
        ("GNU.sparse.offset", b"%d" % at) if odd == 0 else ("GNU.sparse.numbytes", b"%d" % size)
        for at, size in regions
        for odd in (0, 1)
    ]
    count = ("GNU.sparse.numblocks", b"%d" % len(regions))
    text = b"\n".join([b"%d" % len(regions), *numbers]) + b"\n"
    assert pax_sparse([count, *pairs], "made") == regions
    assert pax_sparse([("GNU.sparse.map", b",".join(numbers))], "made") == regions
    assert numbered_count(text, "made") == len(regions)
    assert numbered_sparse(text + bytes(99), "made") == regions


@settings(max_examples=40, deadline=None, derandomize=True)
@given(regions=maps().filter(lambda found: len(found) <= 4))
def test_a_map_in_an_old_header_is_read(regions: Regions) -> None:
    made = bytearray(BLOCK)
    for place, (at, size) in enumerate(regions):
        made[386 + 24 * place : 410 + 24 * place] = b"%011o\0%011o\0" % (at, size)
    assert old_sparse(bytes(made), True, "made") == (regions, False)
    made[482] = 1
    assert old_sparse(bytes(made), True, "made") == (regions, True)


def test_a_block_that_follows_an_old_header_holds_twenty_one_regions() -> None:
    regions = tuple((1000 * place + 1, 7) for place in range(21))
    made = b"".join(b"%011o\0%011o\0" % region for region in regions).ljust(BLOCK, b"\0")
    assert old_sparse(made, False, "made") == (regions, False)
    assert old_sparse(made[:504] + b"\1" + made[505:], False, "made") == (regions, True)


def test_what_names_no_map_has_none() -> None:
    assert pax_sparse([("path", b"x")], "made") is None
    assert pax_sparse([("GNU.sparse.numblocks", b"0")], "made") == ()
    assert pax_sparse([("GNU.sparse.map", b"")], "made") == ()


@pytest.mark.parametrize("text", [b"1,2,3", b"1", b"1,x", b"1,-2", b"1,", b"1," + b"9" * 20])
def test_a_damaged_map_is_corrupt(text: bytes) -> None:
    with pytest.raises(Corrupt, match="map of a sparse file"):
        pax_sparse([("GNU.sparse.map", text)], "made")


@pytest.mark.parametrize(
    ("regions", "size", "data", "why"),
    [
        (((5, 2), (3, 2)), 10, 4, "backwards"),
        (((0, 4), (3, 4)), 10, 8, "backwards"),
        (((0, 11),), 10, 11, "maps 11"),
        (((0, 4),), 10, 5, "stores 5"),
        (((8, 4),), 10, 4, "of 10 bytes"),
    ],
)
def test_a_map_that_does_not_fit_its_file_is_corrupt(regions: Regions, size: int, data: int, why: str) -> None:
    with pytest.raises(Corrupt, match=why):
        checked_regions(regions, size, data, "made")


def test_an_empty_region_marks_the_end_and_is_dropped() -> None:
    assert checked_regions(((0, 4), (10, 0)), 10, 4, "made") == ((0, 4),)


def test_numbers_of_an_old_map_are_octal_or_in_base_256() -> None:
    assert octal(b"17", "made") == 15
    assert octal(b"\x80" + (1 << 40).to_bytes(11, "big"), "made") == 1 << 40
    with pytest.raises(Corrupt, match="holds"):
        octal(b"8", "made")


@pytest.mark.parametrize("style", [["--format=gnu"], ["--format=posix", "--sparse-version=0.1"]])
def test_the_map_that_gnu_tar_writes_covers_the_data_of_the_file(style: list[str], tmp_path: Path) -> None:
    with (tmp_path / "holey").open("wb") as made:
        for place in range(7):
            made.seek(place * 100_000)
            made.write(b"data" * 1024)
        made.truncate(1_000_000)
    command = ["tar", "-C", str(tmp_path), "--sparse", *style, "-cf", str(tmp_path / "made.tar"), "holey"]
    subprocess.run(command, check=True)
    body = (tmp_path / "made.tar").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        (info,) = tar.getmembers()
    listed = cast(list[tuple[int, int]], info.sparse)  # typeshed takes it for a number
    theirs = tuple((at, size) for at, size in listed if size)
    assert sum(size for _, size in theirs) >= 7 * 4096
    assert checked_regions(ours(body), info.size, sum(size for _, size in theirs), "made") == theirs


def ours(body: bytes) -> Regions:
    head = read_block(body[:BLOCK], "made", 0)
    if head.flag == b"S":
        found, more = old_sparse(body[:BLOCK], True, "made")
        return found + (old_sparse(body[BLOCK : 2 * BLOCK], False, "made")[0] if more else ())
    return pax_sparse(pax_records(body[BLOCK : BLOCK + head.size], "made"), "made") or ()
