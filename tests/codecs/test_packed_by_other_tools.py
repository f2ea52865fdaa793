"""Each codec reads what the tool of its name packed, and the tool reads what the codec packs."""

from __future__ import annotations

import io
import lzma
import random
import shutil
import struct
import subprocess
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tars import packed
from deadweight.codecs.detection import HEAD_BYTES, codec_named, detect
from deadweight.core.errors import Corrupt, DeadweightError

TOOLS = [
    pytest.param(name, marks=pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed"))
    for name in ("gzip", "bzip2", "xz", "zstd")
]
BODY = random.Random(7).randbytes(70_000) + b"text that packs well " * 9_000
LEVELS = {"gzip": ("-1", "-9"), "bzip2": ("-1", "-9"), "xz": ("-0", "-6e"), "zstd": ("-1", "-15", "--fast=5")}


def tool(name: str, body: bytes, *options: str) -> bytes:
    """What the tool makes of the body."""
    return subprocess.run([name, "-q", "-c", *options], input=body, capture_output=True, check=True).stdout


def unpacked(name: str, body: bytes) -> bytes:
    assert detect(body[:HEAD_BYTES]).name == name
    return codec_named(name).reader(io.BytesIO(body)).read()


@pytest.mark.parametrize("name", TOOLS)
def test_what_the_tool_packs_at_any_level_is_read(name: str) -> None:
    for level in LEVELS[name]:
        assert unpacked(name, tool(name, BODY, level)) == BODY


@pytest.mark.parametrize("name", TOOLS)
def test_the_tool_reads_what_the_codec_packs(name: str) -> None:
    assert tool(name, packed(BODY, name), "-d") == BODY


@pytest.mark.parametrize("name", TOOLS)
def test_streams_of_both_one_after_the_other_are_one(name: str) -> None:
    whole = tool(name, BODY) + packed(b"ours", name) + tool(name, b"") + tool(name, b"theirs")
    assert unpacked(name, whole) == BODY + b"ours" + b"theirs" == tool(name, whole, "-d")


@pytest.mark.parametrize("name", TOOLS)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(place=st.integers(0, 10_000), change=st.integers(1, 255))
def test_what_the_tool_refuses_is_refused(name: str, place: int, change: int) -> None:
    damaged = bytearray(packed(BODY[:300], name))
    damaged[place % len(damaged)] ^= change
    theirs = subprocess.run([name, "-q", "-dc"], input=bytes(damaged), capture_output=True, check=False)
    try:
        ours = codec_named(name).reader(io.BytesIO(bytes(damaged))).read()
    except DeadweightError:
        return
    assert (theirs.returncode, theirs.stdout) == (0, ours)


@pytest.mark.parametrize("options", [["-T2"], ["--check=none"], ["--check=sha256"], ["--block-size=4096"]])
def test_xz_of_several_blocks_and_any_check_is_read(options: list[str]) -> None:
    assert unpacked("xz", tool("xz", BODY, *options)) == BODY


@pytest.mark.parametrize(
    "options", [["--no-check"], ["--content-size"], ["--long=24"], ["-T2", "-B65536"], ["--rsyncable"]]
)
def test_zstd_with_any_option_of_its_frames_is_read(options: list[str]) -> None:
    assert unpacked("zstd", tool("zstd", BODY, *options)) == BODY


def test_gzip_with_a_name_an_extra_field_and_a_comment_is_read() -> None:
    bare = packed(BODY, "gzip")
    head = bare[:3] + b"\x1c" + bare[4:10] + b"\x04\0ABCD" + b"name\0" + b"comment\0"
    assert unpacked("gzip", head + bare[10:]) == BODY == tool("gzip", head + bare[10:], "-d")


def test_a_stream_that_asks_for_more_memory_than_any_tool_does_is_refused() -> None:
    small = [{"id": lzma.FILTER_LZMA2, "dict_size": 4096}]
    body = bytearray(lzma.compress(b"body", filters=small))
    assert unpacked("xz", bytes(body)) == b"body"
    end = 12 + 4 * (body[12] + 1)  # of the header of the first block, after that of the stream
    body[16] = 34  # the dictionary's size: 512 MiB
    body[end - 4 : end] = struct.pack("<I", zlib.crc32(body[12 : end - 4]))
    with pytest.raises(Corrupt, match=r"(?i)memory"):
        unpacked("xz", bytes(body))
