"""The ladder's table: what was measured is kept once, told in order, and put between a page's marks alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
PAGE = "# Models\n\nBefore.\n\n<!-- ladder -->\nold\n<!-- end of ladder -->\n\nAfter.\n"


@pytest.fixture
def ladder(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module as the benchmark imports it."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import model_ladder

    yield model_ladder
    sys.modules.pop("model_ladder")


def test_a_line_measured_again_takes_the_place_of_the_one_before(ladder: ModuleType, tmp_path: Path) -> None:
    kept = ladder.Ladder(tmp_path / "ladder.json")
    first, second = (ladder.Line("ours", name, 1000, 100, 2.0, "passed", "pitch") for name in ("one", "two"))
    again = ladder.Line("ours", "one", 1000, 80, 3.0, "refused", "pitch")
    for line in (first, second, again):
        kept.keep(line)
    assert kept.lines() == (again, second)
    assert [path.name for path in tmp_path.iterdir()] == ["ladder.json"]


def test_of_many_that_write_at_once_every_line_stays(ladder: ModuleType, tmp_path: Path) -> None:
    kept = ladder.Ladder(tmp_path / "ladder.json")
    lines = [ladder.Line("ours", f"model {at}", 1000, 100, 2.0, "passed", "pitch") for at in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(kept.keep, lines))
    assert sorted(line.model for line in kept.lines()) == sorted(line.model for line in lines)


def test_the_same_model_stands_on_several_rungs_in_the_order_of_the_rungs(ladder: ModuleType) -> None:
    lines = [ladder.Line(rung, "one", 1000, 100, 2.0, "passed", "pitch") for rung in ("ours", "strip", "usual")]
    told = ladder.markdown(lines)
    assert [told.index(f"**{rung}**") for rung in ("strip", "usual", "ours")] == sorted(
        told.index(f"**{rung}**") for rung in ("strip", "usual", "ours")
    )
    assert "**lossless**" not in told


def test_what_failed_is_told_without_a_size_and_what_was_refused_with_the_one_it_would_have_had(
    ladder: ModuleType,
) -> None:
    failed = ladder.Line("ours", "one", 1000, 0, 2.0, "failed", "no such file").told()
    refused = ladder.Line("ours", "one", 1000, 100, 2.0, "refused", "pitch 0.9").told()
    assert failed == "| one | 1,000 | - | - | no such file | failed | 2.0 s |"
    assert refused == "| one | 1,000 | 100 | 10.00 | pitch 0.9 | refused | 2.0 s |"


def test_a_page_keeps_all_that_does_not_stand_between_the_marks(ladder: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "models.md"
    page.write_text(PAGE)
    ladder.put(page, "| a \\1 | table |\n")
    assert page.read_text() == PAGE.replace("old\n", "| a \\1 | table |\n")
    ladder.put(page, "old\n")
    assert page.read_text() == PAGE


def test_a_page_without_marks_is_an_error_and_stays_as_it_is(ladder: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "models.md"
    page.write_text("# Models\n")
    with pytest.raises(ValueError, match="has no marks"):
        ladder.put(page, "table")
    assert page.read_text() == "# Models\n"


def test_the_documentation_has_the_marks() -> None:
    text = (BENCHMARKS.parent / "docs" / "models.md").read_text("utf-8")
    assert text.count("<!-- ladder -->") == text.count("<!-- end of ladder -->") == 1
