"""Blocks of GGUF as numbers, held against the formulas of ggml worked out one element at a time."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy
import pytest

from deadweight.models.dequantising import BLOCKS, ELEMENTS, dequantised


def blocks(kind: str, count: int) -> bytes:
    """Blocks of any bytes, with scales that are numbers."""
    block, random = BLOCKS[kind], numpy.random.default_rng(7)
    heads = 2 if block.is_uneven else 1
    rest = block.size - 2 * heads
    return b"".join(
        random.normal(size=heads).astype("<f2").tobytes() + random.integers(0, 256, rest, numpy.uint8).tobytes()
        for _ in range(count)
    )


def element(kind: str, block: bytes, place: int) -> float:
    """One element, as dequantize_row_* of ggml-quants.c has it."""
    scale: float = struct.unpack("<e", block[:2])[0]
    if kind == "q8_0":
        code: int = struct.unpack("<b", block[2 + place : 3 + place])[0]
        return scale * code
    least: float = struct.unpack("<e", block[2:4])[0] if kind.endswith("1") else 0.0
    body = block[4:] if kind.endswith("1") else block[2:]
    fifth = 0
    if kind.startswith("q5"):
        fifth = struct.unpack("<I", body[:4])[0] >> place & 1
        body = body[4:]
    code = body[place % 16] >> (4 if place >= 16 else 0) & 15 | fifth << 4
    if kind.endswith("1"):
        return code * scale + least
    return (code - (16 if kind.startswith("q5") else 8)) * scale


def cut(body: bytes, length: int) -> Iterator[bytes]:
    for at in range(0, len(body), length):
        yield body[at : at + length]


@pytest.mark.parametrize("kind", sorted(BLOCKS))
def test_every_element_is_what_the_formula_says_however_the_bytes_arrive(kind: str) -> None:
    body, size = blocks(kind, 40), BLOCKS[kind].size
    wanted = [
        element(kind, body[at : at + size], place) for at in range(0, len(body), size) for place in range(ELEMENTS)
    ]
    for length in (7, size, 1000):
        found = numpy.frombuffer(b"".join(dequantised(cut(body, length), kind)), dtype="<f4")
        assert numpy.allclose(found, wanted, rtol=1e-6, atol=1e-6)


def test_a_scale_of_nothing_gives_zeros() -> None:
    found = b"".join(dequantised(iter((bytes(18),)), "q4_0"))
    assert not any(numpy.frombuffer(found, dtype="<f4"))
