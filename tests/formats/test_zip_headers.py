"""Headers of a zip, written: zipfile and the reader of ours say the same of them."""

from __future__ import annotations

import io
import stat
import time
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import UsageError
from deadweight.core.limits import DEFAULT_LIMITS
from deadweight.formats.zips.directory import Central, read_central
from deadweight.formats.zips.headers import PackedBody, Record, central_header, end_records, local_header, zip_date
from deadweight.formats.zips.local import Layout, read_layout

NAMES = st.lists(st.text("abé日 .-", min_size=1, max_size=9), min_size=1, max_size=3).map("/".join)
KINDS = st.sampled_from([Kind.FILE, Kind.DIRECTORY, Kind.SYMLINK])


def archive_of(entries: list[Entry], date: int) -> bytes:
    """A zip of stored bodies, each the path of its entry."""
    made, records = bytearray(), []
    for entry in entries:
        body = b"" if entry.kind is Kind.DIRECTORY else entry.path.encode()
        record = Record(entry, PackedBody(0, zlib.crc32(body), len(body), len(body)), len(made), date)
        made += local_header(record) + body
        records.append(record)
    start = len(made)
    for record in records:
        made += central_header(record)
    return bytes(made) + end_records(len(records), len(made) - start, start)


def read(body: bytes) -> tuple[Central, Layout]:
    file = io.BytesIO(body)
    central = read_central(file, "made", DEFAULT_LIMITS)
    return central, read_layout(file, central, "made")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    found=st.dictionaries(NAMES, st.tuples(KINDS, st.integers(0, 0o7777)), max_size=5),
    date=st.integers(315_532_800, 4_354_819_198),
)
def test_zipfile_and_our_reader_see_what_was_written(found: dict[str, tuple[Kind, int]], date: int) -> None:
    entries = [Entry(path, kind, mode=mode) for path, (kind, mode) in found.items()]
    body = archive_of(entries, date)
    central, layout = read(body)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        theirs = [
            (info.filename, info.file_size, info.header_offset, info.external_attr) for info in archive.infolist()
        ]
        stamp = {info.date_time for info in archive.infolist()}
    assert [(one.name, one.size, one.offset, one.attributes) for one in central.members] == theirs
    assert (layout.prefix, layout.unreferenced) == (0, 0)
    assert {one.modified for one in central.members} <= {float(date - date % 2)}
    assert stamp <= {time.gmtime(date - date % 2)[:6]}
    for entry, member, place in zip(entries, central.members, layout.places, strict=True):
        assert stat.S_IMODE(member.attributes >> 16) == entry.mode
        assert member.name == entry.path + ("/" if entry.kind is Kind.DIRECTORY else "")
        assert bool(member.attributes & 0x10) == (entry.kind is Kind.DIRECTORY)
        assert body[place.start : place.start + member.packed] == (
            b"" if member.name[-1] == "/" else entry.path.encode()
        )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    size=st.sampled_from([0, 0xFFFFFFFE, 0xFFFFFFFF, 2**33]),
    packed=st.sampled_from([0, 0xFFFFFFFE, 0xFFFFFFFF, 2**34]),
    offset=st.sampled_from([0, 0xFFFFFFFF, 2**35]),
)
def test_what_is_too_big_for_its_field_stands_in_the_wide_one(size: int, packed: int, offset: int) -> None:
    header = central_header(Record(Entry("big", Kind.FILE), PackedBody(8, 1, packed, size), offset, 315_532_800))
    body = header + end_records(1, len(header), 0)
    (member,) = read_central(io.BytesIO(body), "made", DEFAULT_LIMITS).members
    assert (member.size, member.packed, member.offset) == (size, packed, offset)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        (info,) = archive.infolist()
    assert (info.file_size, info.compress_size, info.header_offset) == (size, packed, offset)


@pytest.mark.parametrize(
    ("epoch", "date"), [(0, 315_532_800), (-1, 315_532_800), (1_700_000_001, 1_700_000_001), (2**40, 4_354_819_198)]
)
def test_a_date_that_no_zip_holds_is_the_nearest_that_it_does(epoch: int, date: int) -> None:
    assert zip_date(epoch) == date


def test_a_name_that_is_no_text_is_told_what_to_do() -> None:
    with pytest.raises(UsageError, match="Write a directory or a tar"):
        local_header(Record(Entry("caf\udce9", Kind.FILE), PackedBody(), 0, 315_532_800))
