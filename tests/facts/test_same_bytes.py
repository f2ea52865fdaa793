from __future__ import annotations

from builders.scenes import entry_of, scene_of
from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Scene
from deadweight.facts.same_bytes import SAME_BYTES


def _groups(scene: Scene) -> list[list[str]]:
    return [[entry.path for entry in group] for group in scene.ask(SAME_BYTES)]


def test_files_with_the_same_bytes_are_together_and_those_that_weigh_most_come_first() -> None:
    files = {"a": b"1", "b": b"1", "c": b"22", "d": b"22", "e": b"333", "f": b"1"}
    assert _groups(scene_of(dict(files))) == [["a", "b", "f"], ["c", "d"]]


def test_a_file_of_the_same_size_and_other_bytes_is_no_copy() -> None:
    assert _groups(scene_of({"a": b"12", "b": b"21"})) == []


def test_names_of_one_file_are_no_copies() -> None:
    links: dict[str, bytes | Entry] = {
        "b": Entry("b", Kind.HARDLINK, target="a"),
        "c": Entry("c", Kind.SYMLINK, target="a"),
    }
    assert _groups(scene_of({"a": b"1", **links})) == []


def test_empty_files_and_files_that_were_not_read_are_left_out() -> None:
    unread = {path: entry_of(path, b"1").but(digest="") for path in ("c", "d")}
    assert _groups(scene_of({"a": b"", "b": b"", **unread})) == []


def test_copies_in_different_layers_are_together() -> None:
    assert _groups(scene_of({"a": entry_of("a", b"1"), "b": entry_of("b", b"1", layer=3)})) == [["a", "b"]]
