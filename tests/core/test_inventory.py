from __future__ import annotations

import pytest

from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.inventory import Cause, Inventory, Shadow

SEEN = Entry("a", Kind.FILE, size=100, stored=40)
HIDDEN = Shadow(Entry("b", Kind.FILE, size=10, stored=9), Cause.OVERWRITTEN, by=1)


def test_visible_hidden_and_overhead_are_the_whole() -> None:
    whole = Inventory((SEEN,), (HIDDEN,), {"headers": 3}, total=52)
    assert (whole.visible_bytes, whole.shadowed_bytes, whole.overhead_bytes) == (40, 9, 3)
    assert whole.unpacked_bytes == 100


def test_a_sum_that_is_off_by_one_is_refused() -> None:
    with pytest.raises(Corrupt, match="add up to 52"):
        Inventory((SEEN,), (HIDDEN,), {"headers": 3}, total=53)


def test_overhead_is_never_negative() -> None:
    with pytest.raises(Corrupt):
        Inventory((SEEN,), (), {"headers": -1}, total=39)


def test_an_entry_has_no_negative_size() -> None:
    with pytest.raises(ValueError, match="negative"):
        Entry("a", Kind.FILE, size=-1)


@pytest.mark.parametrize(
    ("path", "suffix"), [("a/b.PY", ".py"), ("a/.env", ""), ("x.tar.gz", ".gz"), ("Makefile", ""), ("a.b/c", "")]
)
def test_a_suffix_is_the_last_ending_of_the_name(path: str, suffix: str) -> None:
    assert Entry(path, Kind.FILE).suffix == suffix
