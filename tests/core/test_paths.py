from __future__ import annotations

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadweight.core.errors import Hostile
from deadweight.core.paths import is_under, link_target, parents, plain

WORDS = st.text("ab.", min_size=1, max_size=3).filter(lambda word: word not in (".", ".."))
PATHS = st.lists(WORDS, min_size=1, max_size=5).map("/".join)


@pytest.mark.parametrize(
    ("name", "path"), [("./a/b", "a/b"), ("/a//b/", "a/b"), ("a/./b", "a/b"), ("./", ""), ("a b", "a b")]
)
def test_spellings_of_one_path_become_one(name: str, path: str) -> None:
    assert plain(name, "here") == path


@pytest.mark.parametrize("name", ["../a", "a/../b", "a/..", "..", "/..", "./../x"])
def test_dots_that_climb_are_refused_even_where_they_stay_inside(name: str) -> None:
    with pytest.raises(Hostile, match="climbs out"):
        plain(name, "here")


def test_a_name_with_nul_is_refused() -> None:
    with pytest.raises(Hostile, match="NUL"):
        plain("a\0b", "here")


@pytest.mark.parametrize("name", ["x" * 256, "é" * 128, "/".join(["d" * 200] * 21)])
def test_names_that_fit_no_file_system_are_refused(name: str) -> None:
    with pytest.raises(Hostile, match="fits no Linux file system"):
        plain(name, "here")


def test_the_longest_names_that_fit_are_taken() -> None:
    assert plain("x" * 255, "here") == "x" * 255
    assert len(plain("/".join(["d" * 254] * 16), "here")) == 4079


@given(PATHS)
def test_a_plain_path_is_its_own_spelling(path: str) -> None:
    assert plain(path, "here") == path


@given(PATHS)
def test_a_path_lies_under_each_of_its_parents(path: str) -> None:
    assert all(is_under(path, above) for above in parents(path))
    assert not is_under(path, path + "x")
    assert is_under(path, "")


@given(PATHS, st.lists(st.sampled_from(["..", ".", "a", "b"]), max_size=6).map("/".join))
def test_a_link_goes_where_posix_says_or_out(path: str, target: str) -> None:
    reached = link_target(path, target)
    joined = posixpath.normpath(posixpath.join(posixpath.dirname("/root/" + path), target))
    if reached is not None:
        assert posixpath.normpath(posixpath.join("/root", reached)) == joined
    else:
        assert not is_under(joined + "/", "/root/") or ".." in target


def test_an_absolute_link_starts_at_the_root_and_never_leaves_it() -> None:
    assert link_target("a/b/c", "/etc/x") == "etc/x"
    assert link_target("a", "/../etc") == "etc"
