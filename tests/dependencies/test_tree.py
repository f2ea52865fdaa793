"""The rows of the tree."""

from __future__ import annotations

import pytest

from builders.installations import ask, graph, part
from deadweight.core.errors import UsageError
from deadweight.dependencies.tree import Asked, Mark, Row, tree

PARTS = [
    part("app", "mid", "low", size=10),
    part("mid", "low", "app", 'plus; extra == "x"', size=20),
    part("low", size=30),
    part("plus", size=40),
    part("other", "low<1", "gone", size=50),
    part("alone", size=60),
]


def drawn(rows: tuple[Row, ...]) -> list[str]:
    return [f"{'.' * row.depth}{row.name}{f' ({row.mark})' if row.mark else ''}" for row in rows]


def test_each_is_unfolded_once_and_cycles_and_faults_are_marked() -> None:
    rows = tree(graph(PARTS, "app", "mid[x]", "other"), Asked())
    assert drawn(rows) == [
        "app",
        ".mid",
        "..low",
        "..app (cycle)",
        ".low",
        "mid (again)",
        "mid[x]",
        ".plus",
        "other",
        ".low (conflict)",
        ".gone (missing)",
    ]


def test_rows_have_their_own_and_their_retained_bytes() -> None:
    rows = {row.name: row for row in tree(graph(PARTS, "app"), Asked()) if not row.mark}
    assert (rows["app"].size, rows["app"].retained) == (10, 60)
    assert (rows["low"].size, rows["low"].retained) == (30, 30)
    assert rows["app"].place == "pyproject.toml (dependencies)"


def test_only_the_ways_to_a_name_are_shown_when_why_it_is_there_is_asked() -> None:
    rows = tree(graph(PARTS, "app", "mid[x]"), Asked("plus"))
    assert drawn(rows) == ["mid[x]", ".plus"]


def test_inverted_it_shows_who_requires_a_name_down_to_where_it_is_asked_for() -> None:
    rows = tree(graph(PARTS, "app"), Asked("low", invert=True))
    assert drawn(rows)[0] == "low"
    assert {row.name for row in rows if row.depth == 1} == {"app", "mid"}
    assert "pyproject.toml (dependencies)" in {row.name for row in rows}


def test_at_its_depth_it_says_how_much_is_left_out() -> None:
    (row,) = tree(graph(PARTS, "app"), Asked(depth=0))
    assert (row.hidden, row.mark) == (2, Mark.NONE)
    assert max(row.depth for row in tree(graph(PARTS, "app"), Asked(depth=1))) == 1


def test_a_name_that_is_not_there_or_that_nothing_asks_for_is_told() -> None:
    with pytest.raises(UsageError, match="Did you mean low"):
        tree(graph(PARTS, "app"), Asked("lwo"))
    with pytest.raises(UsageError, match="nothing asks for alone"):
        tree(graph(PARTS, "app"), Asked("Alone"))


def test_a_chain_of_five_thousand_needs_no_recursion() -> None:
    parts = [part(f"p{number}", f"p{number + 1}") for number in range(5000)]
    assert len(tree(graph([*parts, part("p5000")], ask("p0")), Asked())) == 5001
