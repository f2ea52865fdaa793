"""Where a zip ends: held against zipfile, and every way to end in two places."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import Corrupt, DeadweightError, Hostile, Unknown
from deadweight.formats.zips.end import End, has_end, is_program, read_end, starts_zip
from deadweight.formats.zips.headers import end_records


def made(entries: int = 2, comment: bytes = b"", prefix: bytes = b"") -> bytes:
    body = io.BytesIO(prefix)
    body.seek(0, io.SEEK_END)
    with zipfile.ZipFile(body, "a" if prefix else "w") as archive:
        for number in range(entries):
            archive.writestr(f"{number}", b"body")
        archive.comment = comment
    return body.getvalue()


def end_of(body: bytes) -> End:
    return read_end(io.BytesIO(body), len(body), "made")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    entries=st.integers(0, 5),
    comment=st.one_of(st.binary(max_size=60), st.just(b"x" * 0xFFFF)).filter(lambda text: b"PK" not in text),
)
def test_the_directory_of_what_zipfile_wrote_is_found_behind_any_comment(entries: int, comment: bytes) -> None:
    body = made(entries, comment)
    end = end_of(body)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert (end.entries, end.offset) == (entries, archive.start_dir)
    assert end.offset + end.size == end.start
    assert body[end.start :].startswith(b"PK\5\6")


@pytest.mark.parametrize("head", [b"#!/usr/bin/python\n", b"MZ" + bytes(60), b"\x7fELF" + bytes(60)])
def test_a_program_that_carries_a_zip_starts_one_and_a_bare_program_does_not(head: bytes) -> None:
    assert is_program(head)
    assert starts_zip(io.BytesIO(made(prefix=head)))
    assert not starts_zip(io.BytesIO(head))
    assert not has_end(io.BytesIO(head))


@pytest.mark.parametrize(
    ("body", "zip_"),
    [(made(), True), (made(0), True), (b"PK", False), (b"", False), (b"text", False)],
    ids=["full", "empty zip", "cut", "nothing", "text"],
)
def test_a_zip_is_told_by_its_first_bytes(body: bytes, zip_: bool) -> None:
    assert starts_zip(io.BytesIO(body)) is zip_


def test_text_before_a_zip_makes_it_none() -> None:
    assert not starts_zip(io.BytesIO(b"text" + made()))


def test_every_truncation_is_corrupt() -> None:
    body = made(1, b"comment")
    for size in range(len(body)):
        with pytest.raises(Corrupt, match="no end"):
            end_of(body[:size])


@pytest.mark.parametrize("after", [b"x", b"\0", made()[:30]], ids=["text", "zero", "another zip"])
def test_what_follows_the_end_makes_it_none(after: bytes) -> None:
    with pytest.raises(Corrupt, match="no end"):
        end_of(made() + after)


def test_an_end_within_the_comment_of_another_is_a_second_end() -> None:
    inner = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0, 0, 0, 0, 0)
    with pytest.raises(Hostile, match="two ends"):
        end_of(made(comment=b"see" + inner))
    assert end_of(made(comment=inner + b"longer")).entries == 2


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    entries=st.sampled_from([0, 1, 0xFFFE, 0xFFFF, 70_000]),
    size=st.sampled_from([0, 46, 0xFFFFFFFE, 0xFFFFFFFF, 2**40]),
    offset=st.sampled_from([0, 0xFFFFFFFE, 0xFFFFFFFF, 2**40]),
)
def test_what_was_written_is_read_however_big(entries: int, size: int, offset: int) -> None:
    lead = bytes(100)
    end = end_of(lead + end_records(entries, size, offset))
    assert (end.entries, end.size, end.offset, end.start) == (entries, size, offset, 100)


def wide(**changed: int) -> bytes:
    """Both end records of 70 000 entries, with fields of the wide one changed."""
    said = {"length": 44, "disk": 0, "first": 0, "here": 70_000, "entries": 70_000, "size": 9, "offset": 1, "disks": 1}
    said |= changed
    record = struct.pack(
        "<4sQHHIIQQQQ", b"PK\6\6", said["length"], 45, 45, said["disk"], said["first"], said["here"], said["entries"],
        said["size"], said["offset"],
    )  # fmt: skip
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, 10, said["disks"])
    return bytes(10) + record + locator + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 9, 1, 0)


def test_the_wide_record_counts() -> None:
    assert end_of(wide()) == End(70_000, 9, 1, 10)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"size": 8}, Hostile),
        ({"offset": 0}, Hostile),
        ({"length": 45}, Corrupt),
        ({"disks": 2}, Corrupt),
        ({"disk": 1}, Unknown),
        ({"first": 1}, Unknown),
        ({"here": 1}, Unknown),
    ],
)
def test_a_wide_record_that_disagrees_is_refused(changed: dict[str, int], error: type[Exception]) -> None:
    with pytest.raises(error):
        end_of(wide(**changed))


def test_a_count_beside_the_wide_one_must_be_full_or_the_same() -> None:
    other = wide()[:-22] + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 7, 7, 9, 1, 0)
    with pytest.raises(Hostile, match="disagree"):
        end_of(other)


def test_a_wide_record_that_is_promised_and_not_there_is_corrupt() -> None:
    plain = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 9, 1, 0)
    for lead in (b"", bytes(200)):
        with pytest.raises(Corrupt, match="says zip64 and there is none"):
            end_of(lead + plain)


@pytest.mark.parametrize("disks", [(1, 0, 2), (0, 1, 2), (0, 0, 1)])
def test_a_zip_over_several_disks_is_unknown(disks: tuple[int, int, int]) -> None:
    disk, first, here = disks
    with pytest.raises(Unknown, match="several disks"):
        end_of(bytes(100) + struct.pack("<4sHHHHIIH", b"PK\5\6", disk, first, here, 2, 9, 1, 0))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(place=st.integers(1, 98), byte=st.integers(0, 255))
def test_a_changed_byte_of_the_end_is_read_or_refused_and_never_another_error(place: int, byte: int) -> None:
    body = bytearray(wide())
    body[-place] = byte
    try:
        end = end_of(bytes(body))
    except DeadweightError as refused:
        assert refused.exit_code == 4  # noqa: PT017  # either is right
    else:
        assert end.start in (10, 86)
