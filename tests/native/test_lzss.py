"""Text that Cython packs is read as Cython reads it, wherever it lies among other constants."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadweight.native.embedded_names import embedded_names
from deadweight.native.lzss import texts

TEXT = (
    "no such column: ?__main__asyncio.coroutinesbuiltinscline_in_tracebackcollections.abcdatawell.readers.columns"
    "datawell.readers.rows__init_subclass____pyx_capi____pyx_unpickle_Column__pyx_unpickle_Row"
    "datawell.readers.columns.Columndatawell.readers.rows.Rowé"
)
PACKED = bytes.fromhex(  # by Cython.LZSS.lzss_compress of Cython 3.3.1
    "ff6e6f207375636820ff636f6c756d6e3a20ff3f5f5f6d61696e5fff5f6173796e63696fff2e636f726f7574697f6e65736275696c0600"
    "d773636c0b005f210074727f6163656261636b3a00ff6c656374696f6e73ff2e61626364617461ff77656c6c2e7265615f646572732e57"
    "0373070edf726f77735f47006974ff5f737562636c6173fe0c005f5f7079785f63df6170695f5f0603756eff7069636b6c655f435ca002"
    "060c526f7759152e2b031a63122e3500c3a9"
)
PADDING = bytes(16)


def packed(text: bytes) -> bytes:
    """The text as Cython's format allows it: the longest earlier repeat, by each of the three kinds of reference."""
    groups, at = [], 0
    while at < len(text):
        flags, parts = 0, []
        for number in range(8):
            if at >= len(text):
                break
            back, length = earlier(text, at)
            if length < 3:
                flags |= 1 << number
                parts.append(text[at : at + 1])
                at += 1
                continue
            parts.append(reference(back, length))
            at += length
        groups.append(bytes([flags]) + b"".join(parts))
    return b"".join(groups)


def earlier(text: bytes, at: int) -> tuple[int, int]:
    """How far before it an earlier repeat ends, and its length; the repeat lies before it as a whole."""
    for length in range(min(at, 40, len(text) - at), 2, -1):
        start = text.rfind(text[at : at + length], 0, at)
        if start >= 0 and at - start - length < 1 << 14:
            return at - start - length, length
    return 0, 0


def reference(back: int, length: int) -> bytes:
    if back < 0x80:
        return bytes([back, length - 3])
    if back - 0x80 < 1 << 9 and length - 3 < 1 << 5:
        beyond = back - 0x80
        return bytes([0x80 | beyond & 0x7F, beyond >> 2 & 0x60 | length - 3])
    beyond = back - 0x80
    return bytes([0x80 | beyond & 0x7F, 0x80 | beyond >> 7, length - 3])


def test_what_cython_packed_is_read_to_its_last_name() -> None:
    (text,) = texts(PACKED + PADDING)
    assert text.decode("utf-8", "replace").startswith(TEXT)


def test_a_text_is_found_among_other_constants() -> None:
    floats = struct.pack("<64d", *(random.Random(1).gauss(0, 1) for _ in range(64)))
    offsets = struct.pack("<64i", *range(-80000, -80000 + 64 * 97, 97))
    (text,) = (one for one in texts(floats + offsets + PACKED + PADDING + floats) if b"datawell" in one)
    assert text.startswith(TEXT.encode())


@given(st.lists(st.sampled_from(("pyarrow", ".lib", "_dataset", "import ", "vendored.", "x", "é")), min_size=12))
def test_texts_of_every_shape_come_back(words: list[str]) -> None:
    text = ("the strings of a module, which is called by its name: " + "".join(words)).encode()
    (found,) = texts(packed(text) + PADDING)
    assert found.startswith(text)


@pytest.mark.parametrize("distance", [100, 400, 3000])
def test_references_near_and_far_are_followed(distance: int) -> None:
    noise = "".join(random.Random(distance).choices("abcdefghijklmnopqrstuvwxyz", k=distance))
    text = f"datawell.readers.columns{noise}datawell.readers.columns".encode()
    (found,) = texts(packed(text) + PADDING)
    assert found.startswith(text)


@given(st.binary(max_size=2000))
def test_no_bytes_are_too_strange(noise: bytes) -> None:
    assert all(len(text) <= 2000 * 300 for text in texts(noise))


def test_an_extension_says_the_modules_that_it_imports_by_packed_names() -> None:
    names = embedded_names(b"_cython_3_3_0".ljust(64, b"\0") + PACKED + PADDING)
    assert names.says("datawell.readers.rows")
    assert not names.says("datawell.readers.cells")
