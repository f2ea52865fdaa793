"""What a RECORD names is told the same way to all who ask, with the reader of CSV as oracle."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import distribution_files, scene_of
from deadweight.core.errors import Corrupt
from deadweight.owners.dist_info import record_names, record_rows
from deadweight.owners.records import recorded, recorded_files

SITE = "usr/lib/python3.12/site-packages"
INFO = f"{SITE}/one-1.0.dist-info"


@settings(derandomize=True, max_examples=200)
@given(st.text(alphabet='a/,"\n\r \0é', max_size=40))
def test_names_are_those_that_the_reader_of_csv_reads(text: str) -> None:
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row and row[0]]
    except csv.Error:
        with pytest.raises(Corrupt):
            record_names(text.encode())
        return
    assert record_names(text.encode()) == tuple(row[0] for row in rows)
    assert [row.path for row in record_rows(text.encode())] == [row[0] for row in rows]


def test_a_field_that_the_reader_of_csv_refuses_is_corrupt_without_quotes_too() -> None:
    with pytest.raises(Corrupt, match="no CSV"):
        record_names(b"x" * (csv.field_size_limit() + 1) + b",,\n")


def test_what_a_record_names_is_worked_out_once() -> None:
    listing = scene_of(distribution_files(SITE, "one", files={"one/__init__.py": b"", "one/a.py": b""})).listing
    assert recorded(listing, INFO) is recorded(listing, INFO)
    assert recorded_files(listing, INFO) is recorded_files(listing, INFO)


def test_names_are_told_whether_there_or_not_and_files_only_where_they_are_there() -> None:
    files = distribution_files(SITE, "one", files={"one/__init__.py": b"", "one/gone.py": b""})
    del files[f"{SITE}/one/gone.py"]
    listing = scene_of(files).listing
    assert f"{SITE}/one/gone.py" in recorded(listing, INFO)
    assert set(recorded_files(listing, INFO)) == set(recorded(listing, INFO)) - {f"{SITE}/one/gone.py"}


def test_the_texts_are_those_of_the_entries() -> None:
    listing = scene_of(distribution_files(SITE, "one")).listing
    assert all(path is listing.by_path[path].path for path in recorded_files(listing, INFO))


def test_a_distribution_without_a_record_names_nothing() -> None:
    listing = scene_of({f"{INFO}/METADATA": b"Name: one\n"}).listing
    assert recorded(listing, INFO) == recorded_files(listing, INFO) == ()
