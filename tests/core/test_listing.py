"""The visible entries by path and by place, with the kernel's own path resolution as oracle."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.entry import Entry, Kind
from deadweight.core.listing import MAX_LINKS, Listing


def listing_of(paths: dict[str, str] | list[str]) -> Listing:
    """A listing of files, and of symbolic links where a target is given."""
    targets = paths if isinstance(paths, dict) else dict.fromkeys(paths, "")
    made = [Entry(path, Kind.SYMLINK if target else Kind.FILE, target=target) for path, target in targets.items()]
    return Listing(tuple(sorted(made, key=lambda entry: entry.path)), {})


def test_what_lies_in_a_directory_is_found_at_any_depth_and_nothing_beside_it() -> None:
    listing = listing_of(["a", "a-b/x", "a.py", "a/b", "a/b/c", "a0", "ab/c"])
    assert [entry.path for entry in listing.under("a")] == ["a/b", "a/b/c"]
    assert list(listing.paths_under("a")) == ["a/b", "a/b/c"]
    assert list(listing.paths_under("gone")) == []


def test_all_but_the_root_itself_lies_under_the_root() -> None:
    assert list(listing_of(["", "a", "b/c"]).paths_under("")) == ["a", "b/c"]


def test_directories_are_those_that_hold_something_and_count_what_lies_directly_in_them() -> None:
    listing = listing_of(["a/b/c/x", "a/b/c/y", "z"])
    assert listing.directories == {"": 1, "a": 0, "a/b": 0, "a/b/c": 2}
    assert listing_of(["a/b"]).directories == {"": 0, "a": 1}
    assert listing.directories_named["c"] == ("a/b/c",)


def test_directories_of_one_name_are_told_together() -> None:
    assert listing_of(["b/x/1", "a/x/2", "x/3"]).directories_named["x"] == ("a/x", "b/x", "x")


@pytest.mark.parametrize(
    ("links", "path", "reached"),
    [
        ({"bin": "usr/bin"}, "bin/sh", "usr/bin/sh"),
        ({"bin": "/usr/bin"}, "bin/sh", "usr/bin/sh"),
        ({"usr/bin": "../bin"}, "usr/bin/sh", "bin/sh"),
        ({"a": "b", "b": "c/d"}, "a/x", "c/d/x"),
        ({"a": "b/../x", "b": "deep/er"}, "a", "deep/x"),
        ({"a": "/../../etc"}, "a/passwd", "etc/passwd"),
        ({"a": "../out"}, "a", None),
        ({"a": "b", "b": "a"}, "a", None),
        ({"a": "a/x"}, "a", None),
        ({"a": "."}, "a/b", "b"),
        ({"a": "/"}, "a/b", "b"),
        ({}, "plain/path", "plain/path"),
        ({}, "", ""),
    ],
)
def test_links_are_followed_inside_the_root(links: dict[str, str], path: str, reached: str | None) -> None:
    assert listing_of(links).resolve(path) == reached


def test_a_chain_of_links_may_be_as_long_as_the_kernel_follows() -> None:
    chain = {f"l{place}": f"l{place + 1}" for place in range(MAX_LINKS)}
    assert listing_of(chain).resolve("l0") == f"l{MAX_LINKS}"
    assert listing_of({**chain, f"l{MAX_LINKS}": "end"}).resolve("l0") is None


NAMES = st.sampled_from(["a", "b", "c"])
TARGETS = st.lists(st.sampled_from(["a", "b", "c", ".."]), min_size=1, max_size=3).map("/".join)


@given(st.dictionaries(NAMES, TARGETS, max_size=3), st.lists(NAMES, min_size=1, max_size=3).map("/".join))
@settings(max_examples=150, derandomize=True, database=None)
def test_links_lead_where_the_kernel_says(links: dict[str, str], path: str) -> None:
    reached = listing_of({f"r/{name}": target for name, target in links.items()}).resolve(f"r/{path}")
    known, expected = kernel(links, path)
    if known:
        assert reached == expected


def kernel(links: dict[str, str], path: str) -> tuple[bool, str]:
    """Whether the path is there in a real directory of such links, and where it leads."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "r")
        root.mkdir()
        for name in "abc":
            if name in links:
                (root / name).symlink_to(links[name])
            else:
                (root / name / name).mkdir(parents=True)
        if not (root / path).exists():
            return False, ""
        reached, whole = (root / path).resolve(), Path(folder).resolve()
        return reached.is_relative_to(whole / "r"), reached.relative_to("/").as_posix().removeprefix(f"{whole}/"[1:])
