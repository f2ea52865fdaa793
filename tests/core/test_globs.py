"""Globs over plain paths, with the file system's own globbing as oracle."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import UsageError
from deadweight.core.globs import expression, matcher

TREE = ("a", "b/a", "b/c/a", "b/c/d.py", "b/x.py", "c.d/e.txt", "x[1]", "x1", "y-z", "b/é")


@pytest.mark.parametrize(
    "glob", ["*", "*/*", "**/*", "**/a", "b/**/*", "b/*.py", "**/*.py", "?", "[ab]", "[!ab]", "b/**/a", "x?"]
)
def test_a_glob_means_what_it_means_to_the_file_system(glob: str, tmp_path: Path) -> None:
    for path in TREE:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    everything = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    expected = {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob(glob)}
    match = matcher([glob])
    assert {path for path in everything if match(path)} == expected


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("logs/", "logs/a/b", True),
        ("logs/", "logs", False),
        ("**", "a/b/c", True),
        ("a**z", "a/b/z", True),
        ("a[!b]c", "a/c", False),
        ("a[/]c", "a/c", False),
        ("a[]c", "a[]c", True),
        ("a[!]c", "a[!]c", True),
        ("[a-c]x", "bx", True),
        ("[a-c]x", "-x", False),
        ("[-a]x", "-x", True),
        ("[a-]x", "-x", True),
        ("[^a]x", "^x", True),
        (r"[\d]x", "5x", False),
        ("[a&&b]x", "&x", True),
        ("[a--b]x", "-x", True),
        ("a.b", "aXb", False),
        ("*.so*", "lib/x.so.1", False),
        ("**/*.so*", "lib/x.so.1", True),
        ("a*", "a\nb", True),
    ],
)
def test_a_glob_is_matched_with_the_whole_path(glob: str, path: str, matches: bool) -> None:
    assert matcher([glob])(path) is matches


def test_nothing_matches_none() -> None:
    assert not matcher([])("a")


def test_a_range_that_goes_down_is_an_error_of_the_user() -> None:
    with pytest.raises(UsageError, match="glob"):
        matcher(["[z-a]"])


GLOBS = st.lists(st.sampled_from(["a", "b", "/", "*", "**/", "?", ".py", "[ab]", "[!a]"]), min_size=1, max_size=6)
PATHS = st.text(alphabet="ab/.py", min_size=1, max_size=10)


@given(st.lists(GLOBS.map("".join), min_size=1, max_size=4), PATHS)
@settings(max_examples=300, derandomize=True, database=None)
def test_turning_paths_away_early_changes_no_answer(globs: list[str], path: str) -> None:
    each = [re.fullmatch(expression(glob), path, re.DOTALL) is not None for glob in globs]
    assert matcher(globs)(path) is any(each)
