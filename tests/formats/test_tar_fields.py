"""One header, written: the standard library reads what was meant."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.entry import Entry, Kind
from deadweight.formats.tars.extensions import pax_records
from deadweight.formats.tars.fields import file_header, member_name, tar_header
from deadweight.formats.tars.header import BLOCK, is_header, read_block

END = bytes(2 * BLOCK)
PARTS = st.text("abc é日.", min_size=1, max_size=90).filter(lambda part: part.strip(". ") != "")
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


def theirs(header: bytes) -> tarfile.TarInfo:
    """The one member as the standard library reads it."""
    with tarfile.open(fileobj=io.BytesIO(header + END)) as tar:
        return tar.getmembers()[0]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    path=PATHS,
    mode=st.integers(0, 0o7777),
    uid=st.integers(0, 2**31),
    gid=st.integers(0, 2**31),
    mtime=st.one_of(st.integers(-(2**31), 2**40).map(float), st.floats(0, 2**32)),
)
def test_the_standard_library_reads_what_was_meant(path: str, mode: int, uid: int, gid: int, mtime: float) -> None:
    info = theirs(tar_header(Entry(path, Kind.FILE, mode=mode, uid=uid, gid=gid, mtime=mtime)))
    assert (info.name, info.mode, info.uid, info.gid) == (path, mode, uid, gid)
    assert info.mtime == pytest.approx(mtime, abs=1e-9)
    assert info.isreg()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(path=PATHS, target=PATHS, kind=st.sampled_from([Kind.SYMLINK, Kind.HARDLINK]))
def test_a_link_points_where_it_was_meant_to_however_long(path: str, target: str, kind: Kind) -> None:
    info = theirs(tar_header(Entry(path, kind, target=target)))
    assert (info.name, info.linkname, info.size) == (path, target, 0)
    assert info.issym() == (kind is Kind.SYMLINK)
    assert info.islnk() == (kind is Kind.HARDLINK)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(path=PATHS, value=st.binary(max_size=40))
def test_a_header_is_whole_blocks_of_which_the_last_has_a_right_sum(path: str, value: bytes) -> None:
    header = tar_header(Entry(path, Kind.FILE, xattrs=(("user.x", value),)))
    assert len(header) % BLOCK == 0
    assert is_header(header[:BLOCK])
    assert is_header(header[-BLOCK:])


@pytest.mark.parametrize("length", [99, 100, 101, 155, 156, 157, 200, 255, 256, 257])
@pytest.mark.parametrize("slash", [0, 50, 99, 100, 101, 154, 155, 156])
def test_a_name_of_any_length_with_a_slash_anywhere_is_kept(length: int, slash: int) -> None:
    name = "d" * slash + "/" + "f" * (length - slash - 1) if 0 < slash < length - 1 else "f" * length
    assert theirs(tar_header(Entry(name, Kind.FILE))).name == name


@pytest.mark.parametrize(
    ("name", "blocks"),
    [("a" * 100, 1), ("a" * 101, 3), ("d" * 155 + "/" + "f" * 100, 1), ("d" * 156 + "/" + "f", 3), ("é", 3)],
)
def test_what_ustar_holds_takes_one_block_and_anything_else_three(name: str, blocks: int) -> None:
    assert len(tar_header(Entry(name, Kind.FILE))) == blocks * BLOCK


@pytest.mark.parametrize("length", range(85, 105))
def test_the_length_of_a_record_counts_its_own_digits(length: int) -> None:
    header = tar_header(Entry("a", Kind.FILE, xattrs=(("user.x", b"v" * length),)))
    size = read_block(header[:BLOCK], "made", 0).size
    assert pax_records(header[BLOCK : BLOCK + size], "made") == [("SCHILY.xattr.user.x", b"v" * length)]


def test_records_are_sorted_so_that_one_entry_has_one_header() -> None:
    entry = Entry("é", Kind.FILE, uid=8**7, mtime=0.5, xattrs=(("user.b", b"2"), ("user.a", b"1")))
    header = tar_header(entry)
    size = read_block(header[:BLOCK], "made", 0).size
    keys = [key for key, _ in pax_records(header[BLOCK : BLOCK + size], "made")]
    assert keys == ["SCHILY.xattr.user.a", "SCHILY.xattr.user.b", "mtime", "path", "uid"]


def test_a_name_that_is_no_utf8_is_stored_as_its_bytes_and_said_to_be() -> None:
    header = tar_header(Entry("caf\udce9", Kind.FILE))
    size = read_block(header[:BLOCK], "made", 0).size
    assert dict(pax_records(header[BLOCK : BLOCK + size], "made")) == {"hdrcharset": b"BINARY", "path": b"caf\xe9"}


@pytest.mark.parametrize("kind", [Kind.CHARACTER, Kind.BLOCK])
def test_a_device_keeps_its_numbers(kind: Kind) -> None:
    info = theirs(tar_header(Entry("dev", kind, device=(240, 65_537))))
    assert (info.devmajor, info.devminor) == (240, 65_537)
    assert (info.ischr(), info.isblk()) == (kind is Kind.CHARACTER, kind is Kind.BLOCK)


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (Entry("a/b", Kind.WHITEOUT), "a/.wh.b"),
        (Entry("b", Kind.WHITEOUT), ".wh.b"),
        (Entry("a", Kind.OPAQUE), "a/.wh..wh..opq"),
        (Entry("", Kind.OPAQUE), ".wh..wh..opq"),
        (Entry("a", Kind.DIRECTORY), "a/"),
        (Entry("", Kind.DIRECTORY), "./"),
        (Entry("a", Kind.SYMLINK), "a"),
    ],
)
def test_a_member_is_called_what_readers_of_its_kind_expect(entry: Entry, name: str) -> None:
    assert member_name(entry) == name


@settings(max_examples=40, deadline=None, derandomize=True)
@given(name=PATHS, size=st.one_of(st.integers(0, 2**20), st.integers(8**11 - 2, 2**50)))
def test_room_for_a_file_header_can_be_kept_before_its_size_is_known(name: str, size: int) -> None:
    header = file_header(name, size)
    assert len(header) == len(file_header(name, 0))
    with tarfile.open(fileobj=io.BytesIO(header + END)) as tar:
        info = tar.next()
    assert info is not None
    assert (info.name, info.size) == (name, size)
