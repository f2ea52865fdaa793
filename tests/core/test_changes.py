from __future__ import annotations

from pathlib import Path

import pytest

from deadweight.core.changes import Addition, Changes, Link, Linking, Write, is_removed, writes
from deadweight.core.entry import Entry, Kind

FIRST = Entry("a", Kind.FILE, size=5, stored=5, mode=0o600, digest="blake3:x", offset=512)
SECOND = Entry("b", Kind.HARDLINK, target="a", mode=0o644)
THIRD = Entry("c", Kind.HARDLINK, target="a", mode=0o755)
FOLDER = Entry("d", Kind.DIRECTORY, mode=0o755)
INNER = Entry("d/e", Kind.FILE, size=1, stored=1)
ALL = (FIRST, SECOND, THIRD, FOLDER, INNER)


def written(changes: Changes) -> dict[str, Write]:
    return {write.entry.path: write for write in writes(ALL, changes)}


def test_no_changes_write_every_entry_with_its_own_body() -> None:
    made = written(Changes())
    assert [made[entry.path].entry for entry in ALL] == list(ALL)
    assert made["a"].source is FIRST
    assert made["b"].source is None


def test_a_removed_directory_takes_all_under_it() -> None:
    assert set(written(Changes(removed=frozenset(["d"])))) == {"a", "b", "c"}
    assert is_removed("d/e", frozenset(["d"]))
    assert not is_removed("de", frozenset(["d"]))


def test_removing_the_files_of_a_directory_leaves_it() -> None:
    assert "d" in written(Changes(removed=frozenset(["d/e"])))


def test_the_next_hard_link_takes_over_the_body_of_a_first_name_that_goes() -> None:
    made = written(Changes(removed=frozenset(["a"])))
    assert made["b"].entry.kind is Kind.FILE
    assert (made["b"].source, made["b"].entry.size, made["b"].entry.mode) == (FIRST, 5, 0o644)
    assert (made["c"].entry.kind, made["c"].entry.target) == (Kind.HARDLINK, "b")


def test_all_names_of_a_file_share_its_new_content(tmp_path: Path) -> None:
    staged = tmp_path / "new"
    staged.write_bytes(b"new")
    made = written(Changes(replaced={"a": staged}))
    assert (made["a"].entry.size, made["a"].staged, made["a"].entry.mode) == (3, staged, 0o600)
    assert made["b"].entry == SECOND


def test_a_link_keeps_its_own_mode_and_has_no_body() -> None:
    made = written(Changes(linked={"d/e": Link("a", Linking.SYMBOLIC, "../a")}))
    assert (made["d/e"].entry.kind, made["d/e"].entry.target, made["d/e"].entry.size) == (Kind.SYMLINK, "../a", 0)
    made = written(Changes(linked={"d/e": Link("a", Linking.HARD)}))
    assert (made["d/e"].entry.kind, made["d/e"].entry.target) == (Kind.HARDLINK, "a")


def test_additions_come_last_by_path(tmp_path: Path) -> None:
    added = {name: Addition(Entry(name, Kind.FIFO)) for name in ("z", "y")}
    assert [write.entry.path for write in writes(ALL, Changes(added=added))][-2:] == ["y", "z"]


def test_a_path_is_changed_in_one_way() -> None:
    with pytest.raises(ValueError, match="twice"):
        Changes(removed=frozenset(["a"]), replaced={"a": Path("x")})


def test_changes_know_whether_they_change_anything() -> None:
    assert not Changes()
    assert Changes(dropped=frozenset([(0, "a")]))


def test_merging_keeps_both() -> None:
    both = Changes(removed=frozenset(["a"])).merged(Changes(removed=frozenset(["b"]), dropped=frozenset([(1, "x")])))
    assert both.removed == {"a", "b"}
    assert both.dropped == {(1, "x")}


def test_holes_of_new_content_are_not_stored(tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    with staged.open("wb") as stream:
        stream.write(b"x" * 4096)
        stream.truncate(1 << 20)
    (write,) = writes([FIRST], Changes(replaced={"a": staged}))
    assert write.entry.size == 1 << 20
    assert write.entry.stored <= 1 << 20
    if staged.stat().st_blocks * 512 < 1 << 20:
        assert write.entry.stored == staged.stat().st_blocks * 512
