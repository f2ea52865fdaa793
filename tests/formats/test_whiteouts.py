"""What a layer takes away, by the names of its members."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tars import Item, tar_of
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.limits import DEFAULT_LIMITS
from deadweight.formats.tars.feed import SeekFeed
from deadweight.formats.tars.fields import member_name
from deadweight.formats.tars.reader import Header, headers
from deadweight.formats.tars.whiteouts import marked

NAMES = st.text("abé .", min_size=1, max_size=8).filter(lambda name: name not in (".", "..") and name[:4] != ".wh.")
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


def header_of(name: str, kind: str = "file") -> Header:
    return next(headers(SeekFeed(io.BytesIO(tar_of([Item(name, kind=kind)])), "made"), "made", DEFAULT_LIMITS))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(path=PATHS, kind=st.sampled_from([Kind.WHITEOUT, Kind.OPAQUE]), layer=st.integers(0, 9))
def test_a_mark_is_read_as_it_is_written(path: str, kind: Kind, layer: int) -> None:
    found = marked(header_of(member_name(Entry(path, kind))), layer, "made")
    assert found is not None
    ((mark),) = found
    assert (mark.path, mark.kind, mark.layer) == (path, kind, layer)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(path=PATHS)
def test_an_ordinary_name_is_no_mark(path: str) -> None:
    assert marked(header_of(path), 0, "made") is None


@pytest.mark.parametrize("name", ["a/.whx", "a.wh.b", "x/a.wh..wh..opq", "wh.a", ".wh.d/file"])
def test_a_name_that_only_looks_like_one_is_no_mark(name: str) -> None:
    assert marked(header_of(name), 0, "made") is None


@pytest.mark.parametrize("name", [".wh..wh.plnk", ".wh..wh.aufs", "a/.wh..wh.orph/b", ".wh..wh.plnk/12.34"])
def test_what_aufs_kept_for_itself_is_nothing(name: str) -> None:
    assert marked(header_of(name), 0, "made") == ()


@pytest.mark.parametrize("name", [".wh.", "a/.wh.", ".wh..", "a/.wh..", ".wh...", "a/.wh..."])
def test_a_whiteout_of_nothing_or_of_a_directory_itself_is_corrupt(name: str) -> None:
    with pytest.raises(Corrupt, match="names nothing"):
        marked(header_of(name), 0, "made")


def test_the_root_may_be_emptied() -> None:
    found = marked(header_of(".wh..wh..opq"), 3, "made")
    assert found is not None
    assert [(mark.path, mark.kind) for mark in found] == [("", Kind.OPAQUE)]
