"""Files that are read in one go are told as those whose headers are walked: nothing hangs on where a chunk ends."""

from __future__ import annotations

import io
import tarfile
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tars import END, Item, block, packed, tar_of, with_checksum
from deadweight.core.errors import Hostile, Refused
from deadweight.core.limits import Limits
from deadweight.core.seams import Opening
from deadweight.formats.tars.header import BLOCK
from deadweight.formats.tars.index import TarIndex, index_tar
from deadweight.formats.tars.ordinary import ordinary_files

KEEP = ("**/METADATA",)
NAMES = st.sampled_from(
    ["a", "b/METADATA", "./c", "d//e", "f/", "é/g", ".wh.h", "i/.wh..wh..opq", "j" * 90 + "/" + "k" * 90]
)
ITEMS = st.builds(Item, NAMES, st.binary(max_size=1500), mtime=st.integers(0, 8**11 - 1), uid=st.integers(0, 8**7 - 1))


class Trickle(io.RawIOBase):
    """A stream that gives less than a header at a time: no file lies whole in a chunk."""

    def __init__(self, body: bytes) -> None:
        self._stream = io.BytesIO(body)

    def read(self, size: int | None = -1) -> bytes:
        return self._stream.read(300)


def read(body: bytes, stream: BinaryIO) -> TarIndex | str:
    try:
        return index_tar(stream, "made", Opening(keep=KEEP), 0)
    except Refused as error:
        return f"{type(error).__name__}: {error.what}"


def both(body: bytes) -> tuple[TarIndex | str, TarIndex | str]:
    return read(body, io.BytesIO(body)), read(body, cast(BinaryIO, Trickle(body)))


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(ITEMS, max_size=6), st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]))
def test_a_tar_is_indexed_the_same_however_its_bytes_arrive(items: list[Item], style: int) -> None:
    whole, trickled = both(tar_of(items, style if all(item.name.isascii() for item in items) else tarfile.PAX_FORMAT))
    assert whole == trickled
    assert isinstance(whole, TarIndex)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(at=st.integers(0, BLOCK - 1), byte=st.integers(0, 255), mended=st.booleans())
def test_a_header_with_a_wrong_byte_is_judged_the_same(at: int, byte: int, mended: bool) -> None:
    body = bytearray(tar_of([("first", b"1"), ("second", b"22"), ("third", b"333")], tarfile.USTAR_FORMAT))
    start = 2 * BLOCK
    body[start + at] = byte
    if mended:
        body[start : start + BLOCK] = with_checksum(bytes(body[start : start + BLOCK]))
    whole, trickled = both(bytes(body))
    assert whole == trickled


def test_all_of_a_plain_tar_but_what_is_odd_is_read_in_one_go() -> None:
    body = tar_of([("a", b"1"), ("b/c", b"22"), Item("d", kind="symlink", target="a"), ("e", b"")])
    found = list(ordinary_files(body, 0, "made", 9))
    assert [(one.path, one.size, body[one.body : one.body + one.size]) for one in found] == [
        ("a", 1, b"1"),
        ("b/c", 2, b"22"),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        block(b".wh.a"),
        block(b"a", flag=b"5"),
        block(b"a", size=600),
        block(b"a/b/c"),
        block(b"a")[:-1],
        b"\0" * BLOCK,
    ],
)
def test_what_is_odd_is_left_to_be_judged(odd: bytes) -> None:
    assert not list(ordinary_files(odd, 0, "made", 2))


def test_files_that_are_read_in_one_go_count_for_the_limit() -> None:
    body = tar_of([(f"f{number}", b"") for number in range(9)])
    index_tar(io.BytesIO(body), "made", Opening(limits=Limits(entries=9)), 0)
    with pytest.raises(Hostile, match="more than 8 entries"):
        index_tar(io.BytesIO(body), "made", Opening(limits=Limits(entries=8)), 0)


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_what_a_packed_file_costs_is_the_same_as_by_its_header(codec: str) -> None:
    body = packed(tar_of([(f"f{number}", bytes([number]) * 900) for number in range(50)]) + END, codec)
    found = index_tar(io.BytesIO(body), "made", Opening(), 0)
    assert sum(entry.stored for entry in found.entries) + sum(found.overhead.values()) == len(body)
    assert all(entry.stored >= 0 for entry in found.entries)
