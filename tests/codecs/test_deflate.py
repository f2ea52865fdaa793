"""Deflate unpacked by as little at a time as anyone asks for."""

from __future__ import annotations

import sys
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deadweight.codecs.deflate import Inflater

REPEATED = b"\x90\x90\x00\x90" * 40
"""One match of 156 bytes: zlib has taken in all of it while most is still to come out."""


@pytest.fixture(autouse=True, params=["isal", "zlib"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is made with ISA-L and, as where the extra `fast` is not installed, without."""
    if request.param == "zlib":
        monkeypatch.setitem(sys.modules, "isal", None)
    else:
        pytest.importorskip("isal")


def drained(source: Inflater, packed: bytes, length: int) -> bytes:
    """All that comes out, fed a byte at a time and only when more is asked for."""
    out, left = bytearray(), [packed[at : at + 1] for at in range(len(packed))]
    while not source.eof and (left or not source.needs_input):
        out += source.decompress(left.pop(0) if source.needs_input else b"", length)
    return bytes(out)


@pytest.mark.parametrize("window_bits", [-15, 15, 31])
@pytest.mark.parametrize("length", [1, 4, 156, 1 << 20])
def test_it_asks_for_no_more_while_something_is_still_to_come_out(window_bits: int, length: int) -> None:
    packer = zlib.compressobj(wbits=window_bits)
    packed = packer.compress(REPEATED) + packer.flush()
    assert drained(Inflater(window_bits), packed, length) == REPEATED


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), times=st.integers(1, 9), length=st.integers(1, 40))
def test_what_zlib_packed_comes_out_and_what_follows_it_does_not(body: bytes, times: int, length: int) -> None:
    source = Inflater()
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(body * times) + packer.flush()
    assert drained(source, packed, length) == body * times
    assert source.eof
    whole = Inflater()
    whole.decompress(packed + b"after", len(body) * times + 1)
    assert whole.unused_data == b"after"


def test_a_stream_without_its_end_asks_for_more() -> None:
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(REPEATED) + packer.flush()
    source = Inflater()
    drained(source, packed[:-1], 7)
    assert source.needs_input
    assert not source.eof


@pytest.mark.parametrize("window_bits", [15, 31])
def test_a_wrong_checksum_is_damage_of_one_kind(window_bits: int) -> None:
    packer = zlib.compressobj(wbits=window_bits)
    packed = bytearray(packer.compress(REPEATED) + packer.flush())
    packed[-5 if window_bits == 31 else -1] ^= 1
    with pytest.raises(zlib.error):
        Inflater(window_bits).decompress(bytes(packed), 1 << 20)


def test_what_no_deflate_is_is_damage() -> None:
    with pytest.raises(zlib.error):
        Inflater().decompress(b"\xff" * 40, 1 << 20)
