"""The record of how often a gate was looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from deadweight.core.errors import UsageError
from deadweight.core.squeeze_report import Judged, Tried
from deadweight.judging.looks import Looks
from deadweight.squeezing.memory import Memory


def test_each_candidate_counts_once_and_not_for_itself(tmp_path: Path) -> None:
    looks = Looks(tmp_path / "search", "gate")
    counts = []
    for candidate in ("a", "a", "b", "a", "c"):
        counts.append(looks.before(candidate))
        looks.note(candidate)
    assert counts == [0, 0, 1, 1, 2]


def test_another_gate_is_unseen(tmp_path: Path) -> None:
    Looks(tmp_path / "search", "one").note("a")
    assert Looks(tmp_path / "search", "two").before("b") == 0
    assert Looks(tmp_path / "search", "one").before("b") == 1


def test_without_a_file_nothing_is_known() -> None:
    looks = Looks()
    looks.note("a")
    assert looks.before("b") == 0


def test_it_lies_in_one_file_with_the_points_of_a_search(tmp_path: Path) -> None:
    path = tmp_path / "search"
    point = Tried(1.0, 10, (Judged("one", 1.0, 0.9, 0.8, 100),), "nearest")
    Looks(path, "gate").note("a")
    Memory(path, "subject").keep(point)
    Looks(path, "gate").note("b")
    assert Memory(path, "subject").recall("nearest", 1.0) == point
    assert Looks(path, "gate").before("c") == 2


def test_a_file_that_is_no_record_is_told(tmp_path: Path) -> None:
    (tmp_path / "search").write_text("no json\n")
    with pytest.raises(UsageError, match="no record"):
        Looks(tmp_path / "search", "gate").before("a")
