"""Layers laid over each other, against an oracle that is slow and obvious."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.entry import Entry, Kind
from deadweight.core.inventory import Cause, Shadow
from deadweight.core.layers import stack


def file(path: str, body: str = "x", **fields: object) -> Entry:
    made = Entry(path, Kind.FILE, len(body), len(body), digest=f"blake3:{body}")
    return made.but(**fields)


def folder(path: str, mode: int = 0o755) -> Entry:
    return Entry(path, Kind.DIRECTORY, mode=mode)


def gone(path: str) -> Entry:
    return Entry(path, Kind.WHITEOUT)


def emptied(path: str) -> Entry:
    return Entry(path, Kind.OPAQUE)


def numbered(layers: Sequence[Sequence[Entry]]) -> list[list[Entry]]:
    return [[entry.but(layer=index) for entry in layer] for index, layer in enumerate(layers)]


def seen(*layers: Sequence[Entry]) -> list[str]:
    return [entry.path for entry in stack(numbered(layers))[0]]


def hidden(*layers: Sequence[Entry]) -> set[tuple[str, Cause]]:
    return {(shadow.entry.path, shadow.cause) for shadow in stack(numbered(layers))[1]}


def obvious(layers: Sequence[Sequence[Entry]]) -> list[Entry]:
    """What is seen: each layer's marks remove from a flat dictionary, then each entry clears what it replaces."""
    flat: dict[str, Entry] = {}
    for layer in layers:
        for entry in layer:
            if entry.kind is Kind.WHITEOUT:
                flat = {path: one for path, one in flat.items() if not lies_in(path, entry.path, itself=True)}
            elif entry.kind is Kind.OPAQUE:
                flat = {path: one for path, one in flat.items() if not lies_in(path, entry.path, itself=False)}
        for entry in layer:
            if entry.kind in (Kind.WHITEOUT, Kind.OPAQUE):
                continue
            if entry.kind is not Kind.DIRECTORY:
                flat = {path: one for path, one in flat.items() if not lies_in(path, entry.path, itself=True)}
            blocking = [
                path for path, one in flat.items() if lies_in(entry.path, path, itself=False) and one.kind is Kind.FILE
            ]
            for path in blocking:
                del flat[path]
            flat[entry.path] = entry
    return [flat[path] for path in sorted(flat)]


def lies_in(path: str, directory: str, itself: bool) -> bool:
    return path.startswith(directory + "/") or (itself and path == directory)


paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)
entries = st.builds(
    lambda path, make, body: make(path) if make is not file else file(path, body),
    paths,
    st.sampled_from([file, file, folder, gone, emptied]),
    st.sampled_from(["", "x", "yy"]),
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.lists(st.lists(entries, max_size=7), max_size=5))
def test_what_is_seen_is_what_applying_one_layer_after_the_other_leaves(layers: list[list[Entry]]) -> None:
    layers = numbered(layers)
    assert list(stack(layers)[0]) == obvious(layers)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.lists(entries, max_size=7), max_size=5))
def test_every_entry_but_a_mark_is_seen_or_hidden_exactly_once(layers: list[list[Entry]]) -> None:
    layers = numbered(layers)
    visible, shadowed = stack(layers)
    laid = [entry for layer in layers for entry in layer if entry.kind not in (Kind.WHITEOUT, Kind.OPAQUE)]
    given_back = [*visible, *(shadow.entry for shadow in shadowed)]
    assert sorted(map(id, given_back)) == sorted(map(id, laid))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.lists(entries, max_size=7), max_size=5))
def test_an_entry_is_hidden_by_its_own_layer_or_a_higher_one(layers: list[list[Entry]]) -> None:
    for shadow in stack(numbered(layers))[1]:
        assert shadow.by >= shadow.entry.layer


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.lists(entries, max_size=6), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_place_of_marks_in_their_layer_does_not_matter(layers: list[list[Entry]], random: object) -> None:
    layers = numbered(layers)
    marks_last = [sorted(layer, key=lambda entry: entry.kind in (Kind.WHITEOUT, Kind.OPAQUE)) for layer in layers]
    assert stack(layers)[0] == stack(marks_last)[0]


def test_nothing_lies_over_nothing() -> None:
    assert stack([]) == ((), ())
    assert stack([[], []]) == ((), ())


def test_the_higher_of_two_files_is_seen() -> None:
    visible, shadowed = stack(numbered([[file("a", "old")], [file("a", "newer")]]))
    assert [entry.digest for entry in visible] == ["blake3:newer"]
    assert [(one.entry.digest, one.cause, one.by) for one in shadowed] == [("blake3:old", Cause.OVERWRITTEN, 1)]


def test_a_whiteout_hides_only_lower_layers() -> None:
    assert seen([file("a")], [gone("a"), file("a", "again")]) == ["a"]
    assert seen([file("a")], [file("a", "again"), gone("a")]) == ["a"]


def test_a_removed_file_and_a_removed_directory_are_told_apart() -> None:
    lower = [folder("d"), file("d/x"), file("f")]
    assert hidden(lower, [gone("f"), gone("d")]) == {
        ("f", Cause.REMOVED_FILE),
        ("d", Cause.REMOVED_DIRECTORY),
        ("d/x", Cause.REMOVED_DIRECTORY),
    }


def test_a_whiteout_of_nothing_does_nothing() -> None:
    assert seen([file("a")], [gone("b"), gone("a/b")]) == ["a"]


def test_an_opaque_directory_stays_and_what_lower_layers_put_there_goes() -> None:
    lower = [folder("d"), folder("d/e"), file("d/e/x"), file("d/y")]
    assert seen(lower, [file("d/z"), emptied("d")]) == ["d", "d/z"]
    assert hidden(lower, [emptied("d")]) == {("d/e", Cause.OPAQUE), ("d/e/x", Cause.OPAQUE), ("d/y", Cause.OPAQUE)}


def test_an_opaque_root_empties_all() -> None:
    root = Entry("", Kind.DIRECTORY)
    assert seen([root, file("a"), file("b/c")], [emptied(""), file("d")]) == ["", "d"]


def test_what_was_removed_can_come_back_and_be_removed_again() -> None:
    layers = [[file("d/x")], [gone("d")], [file("d/x", "second")], [gone("d/x")]]
    assert seen(*layers) == []
    assert len(hidden(*layers)) == 2


def test_a_changed_mode_alone_is_a_copy() -> None:
    below = file("a", "body", mode=0o644)
    assert hidden([below], [below.but(mode=0o755)]) == {("a", Cause.COPIED)}
    assert hidden([below], [below.but(uid=1000)]) == {("a", Cause.COPIED)}


def test_the_same_file_again_is_overwritten_and_no_copy() -> None:
    assert hidden([file("a", "body")], [file("a", "body")]) == {("a", Cause.OVERWRITTEN)}


def test_a_directory_over_a_directory_changes_its_attributes_and_keeps_what_is_in_it() -> None:
    visible, shadowed = stack(numbered([[folder("d"), file("d/x")], [folder("d", 0o700)]]))
    assert [(entry.path, entry.mode) for entry in visible] == [("d", 0o700), ("d/x", 0o644)]
    assert [shadow.entry.path for shadow in shadowed] == ["d"]


@pytest.mark.parametrize("kind", [Kind.FILE, Kind.SYMLINK, Kind.FIFO, Kind.CHARACTER])
def test_anything_else_over_a_directory_takes_its_content_away(kind: Kind) -> None:
    assert seen([folder("d"), file("d/x")], [Entry("d", kind)]) == ["d"]
    assert seen([file("d/x")], [Entry("d", kind)]) == ["d"]


def test_a_directory_over_a_file_replaces_it() -> None:
    assert seen([file("d")], [folder("d"), file("d/x")]) == ["d", "d/x"]


def test_a_path_under_what_was_a_file_replaces_the_file() -> None:
    assert seen([file("d")], [file("d/e/x")]) == ["d/e/x"]
    assert seen([file("d/x")], [gone("d/x"), file("d")], [file("d/y")]) == ["d/y"]


def test_directories_without_an_entry_are_removed_with_all_that_is_in_them() -> None:
    assert seen([file("a/b/c/x")], [gone("a")]) == []
    assert seen([file("a/b/c/x"), file("a/y")], [gone("a/b")]) == ["a/y"]
    assert seen([file("a/b/c/x")], [emptied("a")]) == []


def test_a_path_that_is_twice_in_one_layer_shadows_its_first_copy() -> None:
    visible, shadowed = stack(numbered([[file("a", "1"), file("a", "22")]]))
    assert [entry.digest for entry in visible] == ["blake3:22"]
    assert shadowed == (Shadow(file("a", "1"), Cause.OVERWRITTEN, 0),)


def test_a_symbolic_link_to_itself_is_an_entry_like_any_other() -> None:
    loop = Entry("a", Kind.SYMLINK, target="a")
    assert seen([loop], [file("b")]) == ["a", "b"]


def test_a_hundred_thousand_paths_under_one_directory_go_at_once() -> None:
    many = [file(f"d/{number}") for number in range(20_000)]
    assert seen([folder("d"), *many], [gone("d")]) == []
