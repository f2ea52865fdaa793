"""Where an entry lies below symbolic links: as a file system that follows them inside the root has it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.changes import Write
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Hostile, Lacking
from deadweight.core.gap import Gap
from deadweight.formats.hard_links import anchored
from deadweight.formats.trees.attributes import nanoseconds
from deadweight.formats.trees.link_scope import scoped_paths
from deadweight.formats.trees.unread import UNREAD, refuse_unread

USR_MERGE = [
    Entry("usr", Kind.DIRECTORY),
    Entry("usr/lib", Kind.DIRECTORY),
    Entry("lib", Kind.SYMLINK, target="usr/lib"),
]


def placed(*entries: Entry, follow: bool = True) -> list[Entry]:
    return [one.entry for one in scoped_paths([Write(entry) for entry in entries], "made", follow)]


def test_a_file_below_a_link_lies_where_the_link_leads() -> None:
    assert placed(*USR_MERGE, Entry("lib/x", Kind.FILE))[-1].path == "usr/lib/x"


@pytest.mark.parametrize("target", ["/", ".", "usr/.."])
def test_a_file_below_a_link_to_the_root_lies_in_the_root(target: str) -> None:
    assert placed(*USR_MERGE, Entry("r", Kind.SYMLINK, target=target), Entry("r/x", Kind.FILE))[-1].path == "x"


def test_a_hard_link_shares_what_lies_where_the_link_leads() -> None:
    found = placed(*USR_MERGE, Entry("usr/lib/x", Kind.FILE), Entry("y", Kind.HARDLINK, target="lib/x"))
    assert (found[-1].path, found[-1].target) == ("y", "usr/lib/x")


def test_the_text_of_a_symbolic_link_stays_as_it_is() -> None:
    found = placed(*USR_MERGE, Entry("lib/soft", Kind.SYMLINK, target="../lib/x"))
    assert (found[-1].path, found[-1].target) == ("usr/lib/soft", "../lib/x")


@pytest.mark.parametrize("target", ["../outside", "lib", "lib/again", "../../etc"])
def test_a_link_that_leads_out_or_in_a_circle_is_refused(target: str) -> None:
    with pytest.raises(Hostile, match="lies below 'lib', a symbolic link"):
        placed(Entry("lib", Kind.SYMLINK, target=target), Entry("lib/x", Kind.FILE))


def test_where_nothing_is_followed_any_entry_below_a_link_is_refused() -> None:
    assert placed(*USR_MERGE, follow=False) == USR_MERGE
    with pytest.raises(Hostile, match="lies below 'lib'"):
        placed(*USR_MERGE, Entry("lib/x", Kind.FILE), follow=False)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    links=st.dictionaries(
        st.sampled_from(["a", "b", "d/c"]),
        st.sampled_from(["d", "d/e", "b", "../d", "/d/e", "./d/../d", "c"]),
        max_size=3,
    ),
    above=st.sampled_from(["a", "b", "d/c", "d", "d/e", "a/e", "b/c"]),
)
def test_an_entry_lies_where_the_file_system_would_put_it(
    links: dict[str, str], above: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("root").resolve()
    (root / "d" / "e").mkdir(parents=True)
    entries = [Entry("d", Kind.DIRECTORY), Entry("d/e", Kind.DIRECTORY)]
    for path, target in links.items():
        inside = str(root) + target if target.startswith("/") else target
        (root / path).symlink_to(inside)
        entries.append(Entry(path, Kind.SYMLINK, target=target))
    try:
        real = Path(os.path.realpath(root / above, strict=True)).relative_to(root)
    except (OSError, ValueError):
        return  # nowhere, or out: those are refused, or made anew
    assert placed(*entries, Entry(f"{above}/x", Kind.FILE))[-1].path == (real / "x").as_posix()


def test_a_hard_link_to_a_link_shares_the_body_itself() -> None:
    entries = [Entry("a", Kind.FILE), Entry("b", Kind.HARDLINK, target="a"), Entry("c", Kind.HARDLINK, target="b")]
    assert [one.entry.target for one in anchored([Write(entry) for entry in entries], "made")] == ["", "a", "a"]


@pytest.mark.parametrize(
    "entries",
    [
        [Entry("b", Kind.HARDLINK, target="nowhere")],
        [Entry("b", Kind.HARDLINK, target="b")],
        [Entry("b", Kind.HARDLINK, target="c"), Entry("c", Kind.HARDLINK, target="b")],
        [Entry(path, Kind.HARDLINK, target=target) for path, target in ("bc", "cd", "dc")],
        [Entry("d", Kind.DIRECTORY), Entry("b", Kind.HARDLINK, target="d")],
    ],
)
def test_a_hard_link_to_nothing_a_directory_or_itself_is_corrupt(entries: list[Entry]) -> None:
    with pytest.raises(Corrupt, match="'b' shares"):
        list(anchored([Write(entry) for entry in entries], "made"))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seconds=st.floats(-(2**33), 2**33))
def test_a_time_set_in_nanoseconds_reads_back_as_the_same_seconds(seconds: float) -> None:
    assert nanoseconds(seconds) / 10**9 == pytest.approx(seconds, abs=1e-9)
    assert nanoseconds(seconds) // 10**9 == int(seconds // 1)


class Read:
    """As much of an artifact as is looked at."""

    location = "made"

    def __init__(self, *gaps: Gap) -> None:
        self.gaps = gaps


def test_what_could_not_be_read_is_never_copied() -> None:
    refuse_unread(Read(Gap("open", "a", "odd")))  # type: ignore[arg-type]  # a stand-in with what is looked at
    with pytest.raises(Lacking, match=r"2 paths could not be read, the first is 'a': locked"):
        refuse_unread(Read(Gap(UNREAD, "a", "locked"), Gap(UNREAD, "b", "locked")))  # type: ignore[arg-type]  # the same
