"""One header block, read: held against the standard library and GNU tar."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tars import Item, block, tar_of, with_checksum
from deadweight.core.errors import Corrupt
from deadweight.formats.tars.header import BLOCK, is_header, padded, read_block

NAMES = st.text("abcé/ -", min_size=1, max_size=24).map(lambda name: name.strip("/ ") or "x")
NUMBERS = st.integers(0, 8**7 - 1)


def first(items: list[Item], style: int) -> bytes:
    return tar_of(items, style)[:BLOCK]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(name=NAMES, mode=st.integers(0, 0o7777), uid=NUMBERS, gid=NUMBERS, mtime=st.integers(0, 8**11 - 1))
def test_every_field_is_read_as_the_standard_library_wrote_it(
    name: str, mode: int, uid: int, gid: int, mtime: int
) -> None:
    made = first([Item(name, b"body", mode=mode, uid=uid, gid=gid, mtime=mtime)], tarfile.GNU_FORMAT)
    read = read_block(made, "made", 0)
    assert read.name.decode() == name
    assert (read.mode, read.uid, read.gid, read.size, read.mtime) == (mode, uid, gid, 4, mtime)
    assert (read.flag, read.link, read.device) == (b"0", b"", (0, 0))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(size=st.integers(8**11, 2**60))
def test_a_size_beyond_octal_is_read_as_the_standard_library_writes_it(size: int) -> None:
    info = tarfile.TarInfo("big")
    info.size = size
    assert read_block(info.tobuf(tarfile.GNU_FORMAT)[:BLOCK], "made", 0).size == size


@settings(max_examples=40, deadline=None, derandomize=True)
@given(place=st.integers(0, BLOCK - 1), change=st.integers(1, 255))
def test_a_changed_byte_is_never_taken_for_a_right_header(place: int, change: int) -> None:
    made = bytearray(block(b"name", 7))
    made[place] ^= change
    read_as_it_was = is_header(bytes(made)) and read_block(bytes(made), "made", 0) == read_block(
        block(b"name", 7), "made", 0
    )
    assert not is_header(bytes(made)) or read_as_it_was


@pytest.mark.parametrize(
    "size", [b"0000000012 ", b"         12 ", b"12\0        ", b"000000000012", b"0000000012\0junk"[:12]]
)
def test_octal_is_read_however_it_is_padded(size: bytes) -> None:
    assert read_block(spelled(size), "made", 0).size == 10


def spelled(size: bytes) -> bytes:
    made = bytearray(block(b"name"))
    made[124:136] = size.ljust(12, b"\0")
    return with_checksum(bytes(made))


def test_an_empty_number_is_nought() -> None:
    assert read_block(spelled(b""), "made", 0).size == 0


@pytest.mark.parametrize("size", [b"9", b"0x10", b"1 2", b"12junk", b"-1"])
def test_what_is_no_octal_number_is_corrupt(size: bytes) -> None:
    with pytest.raises(Corrupt, match=r"is no number|invalid literal"):
        read_block(spelled(size), "made", 0)


def test_a_negative_size_is_corrupt() -> None:
    with pytest.raises(Corrupt, match="negative"):
        read_block(spelled(b"\xff" * 12), "made", 0)


def test_a_negative_owner_is_refused_and_never_written_back_as_root() -> None:
    for owner in ("uid", "gid"):
        info = tarfile.TarInfo("name")
        setattr(info, owner, -2)
        with pytest.raises(Corrupt, match="-2 is more than any system takes"):
            read_block(info.tobuf(tarfile.GNU_FORMAT), "made", 0)


def test_a_wrong_checksum_is_told_with_both_sums_and_its_place() -> None:
    made = bytearray(block(b"name"))
    made[0] ^= 1
    with pytest.raises(Corrupt, match=r"at byte 1024: its checksum is \d+, not \d+") as refused:
        read_block(bytes(made), "some.tar", 1024)
    assert refused.value.where == "some.tar"


def test_zeros_and_short_blocks_are_no_headers() -> None:
    assert is_header(block(b"name"))
    assert not is_header(bytes(BLOCK))
    assert not is_header(block(b"name")[:-1])
    assert not is_header(b"PK\x03\x04".ljust(BLOCK, b"\0"))


@pytest.mark.parametrize(("size", "whole"), [(0, 0), (1, 512), (511, 512), (512, 512), (513, 1024), (1 << 40, 1 << 40)])
def test_a_body_is_padded_to_whole_blocks(size: int, whole: int) -> None:
    assert padded(size) == whole


@pytest.mark.parametrize("style", ["v7", "oldgnu", "gnu", "ustar", "posix"])
def test_what_gnu_tar_writes_in_any_style_is_a_header(style: str, tmp_path: Path) -> None:
    (tmp_path / "name").write_bytes(b"12345")
    command = ["tar", "-C", str(tmp_path), f"--format={style}", "--mtime=@7", "-cf", str(tmp_path / "made.tar"), "name"]
    subprocess.run(command, check=True)
    body = (tmp_path / "made.tar").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        (info,) = tar.getmembers()
    read = read_block(body[info.offset_data - BLOCK : info.offset_data], "made", 0)
    assert (read.name, read.size, read.mtime, read.mode) == (b"name", 5, 7, info.mode)
    assert (read.uid, read.gid) == (info.uid, info.gid)


@pytest.mark.parametrize(("flag", "device"), [(b"3", (1, 3)), (b"4", (8, 17)), (b"6", (0, 0)), (b"5", (0, 0))])
def test_only_devices_have_device_numbers(flag: bytes, device: tuple[int, int]) -> None:
    info = tarfile.TarInfo("dev")
    info.type, info.devmajor, info.devminor = flag, *device
    assert read_block(info.tobuf(tarfile.GNU_FORMAT)[:BLOCK], "made", 0).device == device
