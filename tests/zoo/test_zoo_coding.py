"""Coding of parts: what comes back is what went in, and nothing that lies about itself comes back at all."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from builders.zoos import moved, noise, weights
from deadweight.codecs.zstd import library
from deadweight.core.errors import Corrupt
from deadweight.zoo.choosing import WORTH, coded
from deadweight.zoo.coding import DIFFERENCE, PLAIN, PLANES, WIDTHS, ZSTD, Form, decode, differences, encode

ALONE = [Form(PLAIN), Form(ZSTD), *(Form(PLANES, width) for width in WIDTHS)]
AGAINST = [form for width in WIDTHS for form in differences(width)]
BLOCK = 1 << 18


@settings(max_examples=60, derandomize=True, deadline=None)
@given(some.binary(max_size=400), some.sampled_from(ALONE))
def test_every_form_gives_the_bytes_back(body: bytes, form: Form) -> None:
    assert decode(encode(body, form), form, len(body)) == body


@settings(max_examples=60, derandomize=True, deadline=None)
@given(some.binary(max_size=400), some.integers(0, 99), some.sampled_from(AGAINST))
def test_every_difference_gives_the_bytes_back(body: bytes, seed: int, form: Form) -> None:
    base = noise(seed, len(body))
    assert decode(encode(body, form, base), form, len(body), base) == body


@pytest.mark.parametrize("size", [BLOCK - 4, BLOCK, BLOCK + 4, 3 * BLOCK + 8, BLOCK + 3])
@pytest.mark.parametrize("form", AGAINST, ids=lambda form: f"{form.coding}-{form.width}")
def test_a_difference_goes_over_blocks_and_over_what_is_no_whole_element(size: int, form: Form) -> None:
    body, base = noise(1, size), noise(2, size)
    assert decode(encode(body, form, base), form, size, base) == body


@pytest.mark.parametrize("ours", [b"\x00", b"\xff"])
@pytest.mark.parametrize("theirs", [b"\x00", b"\xff", b"\x80"])
@pytest.mark.parametrize("form", AGAINST, ids=lambda form: f"{form.coding}-{form.width}")
def test_a_difference_survives_every_carry(ours: bytes, theirs: bytes, form: Form) -> None:
    body, base = ours * 4096, theirs * 4096
    assert decode(encode(body, form, base), form, 4096, base) == body


def test_floats_that_are_no_numbers_are_only_bytes() -> None:
    odd = numpy.array([numpy.nan, numpy.inf, -numpy.inf, -0.0, 1e-45, 3.4e38], "<f4").tobytes() * 200
    for form in (*differences(4), Form(PLANES, 4)):
        assert decode(encode(odd, form, bytes(len(odd))), form, len(odd), bytes(len(odd))) == odd


def test_planes_of_weights_take_less_than_their_bytes_in_a_row() -> None:
    body = weights(1, 50_000)
    assert len(encode(body, Form(PLANES, 4))) < 0.95 * len(encode(body, Form(ZSTD)))
    assert coded(body, 4).form == Form(PLANES, 4)


def test_what_nothing_makes_smaller_is_stored_as_it_is() -> None:
    body = noise(3, 100_000)
    assert coded(body, 4).form == Form(PLAIN)
    assert coded(body, 4).body == body


def test_text_is_not_taken_apart() -> None:
    body = b"encoder.layer.5.output.dense.weight " * 900
    assert coded(body, 4).form == Form(ZSTD)


@pytest.mark.parametrize(("by", "times"), [(1e-4, 1.9), (1e-3, 1.55), (1e-2, 1.35)])
def test_what_is_near_its_base_takes_little(by: float, times: float) -> None:
    base = weights(4, 200_000)
    done = coded(moved(base, 5, by), 4, base)
    assert done.form.has_base
    assert len(base) / len(done.body) > times


def test_the_same_bytes_but_for_a_few_take_almost_nothing() -> None:
    base = weights(6, 200_000)
    body = bytearray(base)
    for place in range(0, len(body), 40_000):
        body[place] ^= 0x55
    done = coded(bytes(body), 4, base)
    assert done.form.has_base
    assert len(done.body) < 400


def test_a_base_that_is_far_is_not_used() -> None:
    done = coded(weights(7, 100_000), 4, weights(8, 100_000))
    assert not done.form.has_base


def test_a_difference_is_only_used_where_it_is_worth_it() -> None:
    base = weights(9, 100_000)
    for by in (0.02, 0.1, 0.3, 1.0):
        body = moved(base, 10, by)
        done = coded(body, 4, base)
        assert len(done.body) <= len(coded(body, 4).body)
        if done.form.has_base:
            assert len(done.body) < (WORTH + 0.02) * len(coded(body, 4).body)


def test_bfloat16_is_coded_in_its_own_width() -> None:
    whole = weights(11, 60_000)
    body = b"".join(whole[place : place + 2] for place in range(2, len(whole), 4))
    assert coded(body, 2).form == Form(PLANES, 2)
    assert len(body) / len(coded(body, 2).body) > 1.3


@pytest.mark.parametrize("said", [0, 5, 999, 1001, 1 << 30])
def test_a_part_that_says_another_size_is_refused(said: int) -> None:
    for form in (Form(PLAIN), Form(ZSTD), Form(PLANES, 4)):
        with pytest.raises(Corrupt):
            decode(encode(b"x" * 1000, form), form, said)


def test_a_bomb_does_not_come_out() -> None:
    bomb = library().compress(bytes(1 << 28))
    with pytest.raises(Corrupt, match="1000 bytes has 1001"):
        decode(bomb, Form(ZSTD), 1000)


@pytest.mark.parametrize("coding", ["", "lzma", DIFFERENCE, f"{DIFFERENCE}9", f"{DIFFERENCE}x", f"{DIFFERENCE}-1"])
def test_a_coding_that_is_not_known_is_refused(coding: str) -> None:
    body = encode(b"1234" * 100, Form(ZSTD))
    with pytest.raises(Corrupt, match="not known"):
        decode(body, Form(coding, 4), 400, bytes(400))


@pytest.mark.parametrize("width", [0, -1, 3, 17, 1 << 40])
def test_elements_of_a_width_that_nothing_has_are_refused(width: int) -> None:
    body = encode(b"1234" * 100, Form(ZSTD))
    for coding in (PLANES, f"{DIFFERENCE}0"):
        with pytest.raises(Corrupt):
            decode(body, Form(coding, width), 400, bytes(400))


def test_a_base_of_another_size_is_refused() -> None:
    form = Form(f"{DIFFERENCE}1", 4)
    body = encode(bytes(400), form, bytes(400))
    with pytest.raises(Corrupt):
        decode(body, form, 400, bytes(396))


@pytest.mark.parametrize("coded_as", [Form(ZSTD), Form(PLANES, 4)])
def test_bytes_that_are_no_zstd_are_refused(coded_as: Form) -> None:
    for body in (b"", b"\x28\xb5\x2f\xfd", b"no frame at all", encode(b"x" * 900, coded_as)[:-3]):
        with pytest.raises(Corrupt):
            decode(body, coded_as, 900)
