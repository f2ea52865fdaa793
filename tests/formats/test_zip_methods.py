"""Compression methods of a zip: whatever zipfile and zlib pack comes out, in pieces of the size asked for."""

from __future__ import annotations

import bz2
import io
import lzma
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tars import packed
from deadweight.codecs.decompression import Decompressor
from deadweight.core.errors import Unknown
from deadweight.formats.zips.methods import BZIP2, DEFLATED, LZMA, STORED, ZSTD, damage, unpacker

METHODS = (DEFLATED, BZIP2, LZMA, ZSTD)
BODIES = st.builds(lambda piece, times: piece * times, st.binary(max_size=300), st.sampled_from([1, 40]))


def packed_by(method: int, body: bytes) -> tuple[bytes, bytes]:
    """The header and the packed body as they lie in a zip."""
    if method == DEFLATED:
        packing = zlib.compressobj(9, zlib.DEFLATED, -15)
        return b"", packing.compress(body) + packing.flush()
    if method == BZIP2:
        return b"", bz2.compress(body)
    if method == ZSTD:
        return b"", packed(body, "zstd")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", body)
    with zipfile.ZipFile(made) as archive:
        size = archive.infolist()[0].compress_size
    stored = made.getvalue()[31 : 31 + size]
    return stored[:9], stored[9:]


def drained(source: Decompressor, stored: bytes, piece: int, length: int) -> bytes:
    """All that comes out, going in and out by so many bytes at a time."""
    out, waiting = bytearray(), io.BytesIO(stored)
    while not source.eof:
        given_in = waiting.read(piece) if source.needs_input else b""
        if source.needs_input and not given_in:
            break
        came = source.decompress(given_in, length)
        assert len(came) <= length
        out += came
    return bytes(out)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(body=BODIES, piece=st.sampled_from([1, 7, 4096]), length=st.sampled_from([1, 100, 1 << 20]))
def test_what_was_packed_comes_out_the_same(method: int, body: bytes, piece: int, length: int) -> None:
    header, stored = packed_by(method, body)
    source = unpacker(method, header)
    assert source is not None
    assert drained(source, stored, piece, max(length, len(body) // 50 + 1)) == body


@pytest.mark.parametrize("method", [DEFLATED, BZIP2, ZSTD])
def test_what_follows_the_end_is_seen(method: int) -> None:
    header, stored = packed_by(method, b"body")
    source = unpacker(method, header)
    assert source is not None
    assert drained(source, stored + b"hidden", 4096, 4096) == b"body"
    assert source.unused_data == b"hidden"


@pytest.mark.parametrize("method", METHODS)
def test_damage_is_raised_as_what_is_said(method: int) -> None:
    header, stored = packed_by(method, bytes(range(256)) * 4)
    source = unpacker(method, header)
    assert source is not None
    with pytest.raises(damage(method)):
        drained(source, b"\xff" * len(stored), 4096, 4096)


def test_stored_bodies_need_no_unpacker() -> None:
    assert unpacker(STORED, b"") is None


@pytest.mark.parametrize("method", [1, 6, 9, 95, 96, 98, 99, 0xFFFF])
def test_any_other_method_is_told_by_its_number(method: int) -> None:
    with pytest.raises(Unknown, match=f"method {method} is not known"):
        unpacker(method, b"")


GOOD = struct.pack("<BBHBI", 9, 4, 5, 0x5D, 1 << 16)


@pytest.mark.parametrize(
    "header",
    [b"", GOOD[:8], GOOD[:2] + b"\6\0" + GOOD[4:], GOOD[:4] + b"\xe1" + GOOD[5:], GOOD[:4] + b"\xff" + GOOD[5:]],
)
def test_a_damaged_lzma_header_is_damage(header: bytes) -> None:
    assert unpacker(LZMA, GOOD) is not None
    with pytest.raises(lzma.LZMAError):
        unpacker(LZMA, header)


@pytest.mark.parametrize("properties", range(0, 225, 7))
def test_any_properties_are_taken_or_raised_as_damage(properties: int) -> None:
    header = GOOD[:4] + bytes([properties]) + b"\xff" * 4
    try:
        source = unpacker(LZMA, header)
    except damage(LZMA):
        return
    assert source is not None
