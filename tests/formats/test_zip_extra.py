"""What a zip header says beside its fixed fields, held against zipfile."""

from __future__ import annotations

import calendar
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import Corrupt, Hostile
from deadweight.formats.zips.extra import (
    TIMESTAMP,
    UNICODE_PATH,
    ZIP64,
    check_unicode_name,
    decoded_name,
    extra_records,
    modified,
    widened,
)

FULL = 0xFFFFFFFF
UTF8 = 0x0800


def record(number: int, body: bytes) -> bytes:
    return struct.pack("<HH", number, len(body)) + body


@settings(max_examples=60, deadline=None, derandomize=True)
@given(name=st.text(st.characters(exclude_characters="\0/\\", exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_a_name_is_decoded_as_zipfile_decodes_it(name: str) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, b"")
    with zipfile.ZipFile(made) as archive:
        (info,) = archive.infolist()
    raw = made.getvalue()[30 : 30 + struct.unpack_from("<H", made.getvalue(), 26)[0]]
    assert decoded_name(raw, info.flag_bits, "made") == info.filename == name


def test_without_the_flag_every_byte_is_a_letter_of_the_old_code_page() -> None:
    assert decoded_name(bytes(range(256)), 0, "made") == bytes(range(256)).decode("cp437")
    assert decoded_name(b"caf\x82", 0, "made") == "café"


def test_a_name_that_is_not_the_utf8_it_says_it_is_is_corrupt() -> None:
    with pytest.raises(Corrupt, match="not the UTF-8"):
        decoded_name(b"caf\xe9", UTF8, "made")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(fields=st.dictionaries(st.integers(2, 0x7000), st.binary(max_size=12), max_size=5), zeros=st.integers(0, 9))
def test_fields_are_found_by_number_and_padding_is_passed_over(fields: dict[int, bytes], zeros: int) -> None:
    extra = b"".join(record(number, body) for number, body in fields.items()) + bytes(zeros)
    found = dict(extra_records(extra, "made"))
    found.pop(0, None)
    assert found == fields


@pytest.mark.parametrize("number", [ZIP64, UNICODE_PATH])
def test_a_field_that_changes_the_meaning_is_there_once_and_whole(number: int) -> None:
    once = record(number, b"12345678")
    assert extra_records(once, "made") == {number: b"12345678"}
    with pytest.raises(Hostile, match="twice"):
        extra_records(once + once, "made")
    with pytest.raises(Corrupt, match="beyond its header"):
        extra_records(once[:-1], "made")


def test_any_other_field_may_be_there_twice_or_cut_off() -> None:
    assert extra_records(record(9, b"a") + record(9, b"b"), "made") == {9: b"b"}
    assert extra_records(record(9, b"ab")[:-1], "made") == {}


def unicode_path(raw: bytes, name: bytes, version: int = 1) -> dict[int, bytes]:
    return {UNICODE_PATH: struct.pack("<BI", version, zlib.crc32(raw)) + name}


def test_a_second_name_must_be_the_first() -> None:
    check_unicode_name("é", b"\x82", unicode_path(b"\x82", "é".encode()), "made")
    with pytest.raises(Hostile, match="a second name, b'other'"):
        check_unicode_name("é", b"\x82", unicode_path(b"\x82", b"other"), "made")


@pytest.mark.parametrize(
    "fields", [{}, {UNICODE_PATH: b"\1\0\0"}, unicode_path(b"stale", b"other"), unicode_path(b"a", b"other", 2)]
)
def test_a_second_name_that_no_reader_would_use_is_nothing(fields: dict[int, bytes]) -> None:
    check_unicode_name("a", b"a", fields, "made")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    sizes=st.tuples(*[st.one_of(st.just(FULL), st.integers(0, FULL - 1))] * 3),
    wide=st.lists(st.integers(0, 2**64 - 1), max_size=4),
)
def test_full_sizes_and_only_these_are_taken_from_the_wide_field_in_its_order(
    sizes: tuple[int, ...], wide: list[int]
) -> None:
    field = struct.pack(f"<{len(wide)}Q", *wide)
    if len(wide) < sizes.count(FULL):
        with pytest.raises(Corrupt, match="no zip64 field"):
            widened(sizes, field, "made")
        return
    left = iter(wide)
    assert widened(sizes, field, "made") == tuple(next(left) if size == FULL else size for size in sizes)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    when=st.tuples(st.integers(1980, 2107), st.integers(1, 12), st.integers(1, 28)),
    clock=st.tuples(st.integers(0, 23), st.integers(0, 59), st.integers(0, 29)),
)
def test_a_date_is_the_one_that_zipfile_reads(when: tuple[int, int, int], clock: tuple[int, int, int]) -> None:
    made = io.BytesIO()
    info = zipfile.ZipInfo("a", (*when, clock[0], clock[1], clock[2] * 2))
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(info, b"")
    time, date = struct.unpack_from("<HH", made.getvalue(), 10)
    assert modified(date, time, b"") == calendar.timegm((*when, clock[0], clock[1], clock[2] * 2))


def test_the_extended_time_wins_and_may_lie_before_the_epoch() -> None:
    assert modified(0x21, 0, b"\x01" + struct.pack("<i", 1_700_000_000)) == 1_700_000_000
    assert modified(0x21, 0, b"\x03" + struct.pack("<ii", -5, 9)) == -5
    assert modified(0x21, 0, b"\x02" + struct.pack("<i", 9)) == modified(0x21, 0, b"") == 315_532_800
    assert modified(0x21, 0, b"\x01\0\0") == 315_532_800
    assert TIMESTAMP == 0x5455


@pytest.mark.parametrize("date", [0, 0x20, 0x01, 13 << 5 | 1, 15 << 5 | 31])
def test_a_month_or_day_that_is_none_is_no_time(date: int) -> None:
    assert modified(date, 0xFFFF, b"") == 0.0
