"""Bytes, shares and counts read as a person writes them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.reports.measures import bar, share, size, smaller, times
from deadweight.reports.paint import Paint, clipped, fitted, printable

FACTORS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (43_700_000, "43.7 MB"),
        (2_530_000_000, "2.53 GB"),
        (12_300_000_000, "12.3 GB"),
        (10**16, "10000.0 TB"),
        (-1500, "-1.5 kB"),
        (-5, "-5 B"),
    ],
)
def test_sizes_have_a_unit_and_three_figures(count: int, says: str) -> None:
    assert size(count) == says


@settings(max_examples=200, derandomize=True)
@given(st.integers(0, 10**14))
def test_a_size_is_never_more_than_5_per_cent_off(count: int) -> None:
    number, unit = size(count).split(" ")
    assert abs(float(number) * FACTORS[unit] - count) <= 0.05 * count
    assert len(number) <= 7


@pytest.mark.parametrize(("after", "says"), [(250, "4.00x smaller"), (1000, "as big"), (1050, "1.05x bigger")])
def test_what_became_bigger_is_not_called_smaller(after: int, says: str) -> None:
    assert smaller(1000, after) == says


def test_parts_of_nothing_are_not_a_division_by_zero() -> None:
    assert share(0, 0) == "-"
    assert share(1, 3) == "33.3 %"
    assert times(5, 0) == "all of it"
    assert times(10, 4) == "2.50x"


@settings(max_examples=200, derandomize=True)
@given(st.integers(-5, 10**9), st.integers(0, 10**9), st.integers(1, 40))
def test_a_bar_is_never_longer_than_its_width(part: int, whole: int, width: int) -> None:
    assert len(bar(min(part, whole), whole, width)) <= width


@settings(max_examples=200, derandomize=True)
@given(st.text(alphabet=st.characters(codec=None)), st.integers(3, 40))
def test_what_is_cut_has_the_width_asked_for(text: str, width: int) -> None:
    for cut in (fitted(text, width), clipped(text, width)):
        assert len(cut) <= width
    if len(text) <= width:
        assert fitted(text, width) == clipped(text, width) == text


def test_a_path_is_cut_in_its_middle_and_a_sentence_at_its_end() -> None:
    assert fitted("lib/python3.11/site-packages/numpy", 15) == "lib/pyt…s/numpy"
    assert clipped("the source stands beside it", 15) == "the source sta…"


def test_what_is_printable_stays_as_it_is() -> None:
    assert printable("naïve/日本語 🎉.py") == "naïve/日本語 🎉.py"
    assert printable("\udcff\x00") == "\\udcff\\x00"


def test_paint_that_is_off_and_text_without_a_style_are_bare() -> None:
    assert Paint(False)("x", "bold", "red") == "x"
    assert Paint(True)("x") == "x"
    assert Paint(True)("x", "bold", "red") == "\x1b[1;31mx\x1b[0m"
