"""PAX records, held against the standard library."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tars import Item, tar_of
from deadweight.core.errors import Corrupt
from deadweight.formats.tars.extensions import extended_attributes, pax_number, pax_records, pax_time
from deadweight.formats.tars.header import BLOCK, read_block

KEYS = st.text("abcXYZ.é", min_size=1, max_size=12)
VALUES = st.text("abc=\n é0123", min_size=1, max_size=120)


def extension(pax: dict[str, str]) -> bytes:
    """The body of the PAX header that the standard library writes before a file."""
    made = tar_of([Item("name", pax=pax)])
    size = read_block(made[:BLOCK], "made", 0).size
    return made[BLOCK : BLOCK + size]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(pax=st.dictionaries(KEYS, VALUES, min_size=1, max_size=5))
def test_records_are_read_as_the_standard_library_wrote_them(pax: dict[str, str]) -> None:
    read = pax_records(extension(pax), "made")
    assert {key: value.decode() for key, value in read} == pax


@pytest.mark.parametrize("length", [*range(94, 102), *range(992, 1002)])
def test_a_length_that_counts_its_own_digits_is_read_at_every_border(length: int) -> None:
    assert pax_records(extension({"key": "v" * length}), "made") == [("key", b"v" * length)]


def test_records_of_one_key_stay_in_order() -> None:
    assert pax_records(b"6 a=1\n6 a=2\n", "made") == [("a", b"1"), ("a", b"2")]


def test_zeros_after_the_records_are_padding() -> None:
    assert pax_records(b"6 a=1\n" + bytes(100), "made") == [("a", b"1")]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(place=st.integers(0, 40), byte=st.integers(0, 255))
def test_a_changed_byte_gives_records_or_a_refusal_and_never_another_error(place: int, byte: int) -> None:
    body = bytearray(b"20 path=some/folder\n" + b"13 mtime=1.5\n" + b"9 uid=77\n")
    body[place] = byte
    try:
        read = pax_records(bytes(body), "made")
    except Corrupt:
        return
    assert all(key and isinstance(value, bytes) for key, value in read)


@pytest.mark.parametrize(
    "body", [b"6 a=1", b"5 a=1\n", b"7 a=1\n", b"a=1\n", b"4 a\n", b"5 =1\n", b" 6 a=1\n", b"-6 a=1\n", b"5 a=16 b=2\n"]
)
def test_a_record_of_a_wrong_length_or_without_a_key_is_corrupt(body: bytes) -> None:
    with pytest.raises(Corrupt, match="malformed"):
        pax_records(body, "made")


def test_a_number_is_the_default_where_there_is_none() -> None:
    assert pax_number({}, "uid", 7, "made") == 7
    assert pax_number({"uid": b""}, "uid", 7, "made") == 7
    assert pax_number({"uid": b"12"}, "uid", 7, "made") == 12


@pytest.mark.parametrize("value", [b"-1", b"1.5", b"0x1", b" 1", b"1_0", b"9" * 5000])
def test_what_is_no_number_is_corrupt_however_long(value: bytes) -> None:
    with pytest.raises(Corrupt, match="not a number"):
        pax_number({"size": value}, "size", 0, "made")


@pytest.mark.parametrize(("value", "seconds"), [(b"1.5", 1.5), (b"-3", -3.0), (b"0", 0.0), (b"", 9.0)])
def test_a_time_has_fractions_and_may_lie_before_the_epoch(value: bytes, seconds: float) -> None:
    assert pax_time({"mtime": value}, "mtime", 9.0, "made") == seconds


@pytest.mark.parametrize("value", [b"nan", b"inf", b"-inf", b"1e999", b"yesterday"])
def test_what_is_no_time_is_corrupt(value: bytes) -> None:
    with pytest.raises(Corrupt, match="not a time"):
        pax_time({"mtime": value}, "mtime", 0.0, "made")


def test_only_records_of_attributes_are_attributes_and_they_are_sorted() -> None:
    pax = {"SCHILY.xattr.user.b": b"2", "path": b"x", "SCHILY.xattr.user.a": b"\0\xff", "SCHILY.acl.access": b"u"}
    assert extended_attributes(pax) == (("user.a", b"\0\xff"), ("user.b", b"2"))
