"""Where what a package database names lies, over links and the merge of /usr."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import scene_of
from deadweight.core.entry import Entry, Kind
from deadweight.owners.whereabouts import visible


def link(path: str, target: str) -> Entry:
    return Entry(path, Kind.SYMLINK, target=target)


def seen(files: dict[str, bytes | Entry], *named: str) -> list[str]:
    return list(visible(scene_of(files).listing, named))


def test_a_path_that_is_there_is_told_as_it_is() -> None:
    assert seen({"usr/bin/sh": b"x"}, "usr/bin/sh") == ["usr/bin/sh"]


def test_a_path_that_is_not_there_is_passed_over() -> None:
    assert seen({"usr/bin/sh": b"x"}, "usr/bin/no", "etc/none", "opt/a/b") == []


@pytest.mark.parametrize("top", ["bin", "sbin", "lib", "lib32", "lib64", "libx32"])
def test_the_merge_of_usr_is_followed_both_ways_without_its_links(top: str) -> None:
    assert seen({f"usr/{top}/x": b"x"}, f"{top}/x") == [f"usr/{top}/x"]
    assert seen({f"{top}/x": b"x"}, f"usr/{top}/x") == [f"{top}/x"]


def test_the_links_of_the_artifact_go_before_the_names() -> None:
    assert seen({"bin": link("bin", "usr/sbin"), "usr/sbin/x": b"x", "usr/bin/x": b"y"}, "bin/x") == ["usr/sbin/x"]


def test_a_directory_deep_below_a_link_is_found() -> None:
    files: dict[str, bytes | Entry] = {"lib": link("lib", "usr/lib"), "usr/lib/a/b/c.so": b"x"}
    assert seen(files, "lib/a/b/c.so") == ["usr/lib/a/b/c.so"]


@pytest.mark.parametrize("named", ["opt/x", "etc/x", "usr/share/x", "library/x", "usr/library/x", "binary/x"])
def test_nothing_but_the_merged_directories_is_moved(named: str) -> None:
    files: dict[str, bytes | Entry] = {"usr/opt/x": b"1", "usr/etc/x": b"2", "share/x": b"3", "usr/library/y": b"4"}
    assert seen(files, named) == []


def test_a_directory_that_is_there_is_not_left_for_its_namesake() -> None:
    """Where /bin is a directory of its own, /usr/bin/x is not /bin/x."""
    assert seen({"bin/y": b"y", "usr/bin/x": b"x"}, "bin/x") == []


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(["bin/a", "usr/bin/a", "lib/b", "usr/lib/b", "etc/c", "opt/none"]), unique=True))
def test_what_is_told_is_always_an_entry(named: list[str]) -> None:
    files: dict[str, bytes | Entry] = {"usr/bin/a": b"", "usr/lib/b": b"", "etc/c": b""}
    assert set(seen(files, *named)) <= files.keys()
    assert len(seen(files, *named)) == len([name for name in named if name != "opt/none"])
