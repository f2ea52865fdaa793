"""Changes made one behind the other are one."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.changes import Addition, Changes, Link, Linking, is_removed, writes
from deadweight.core.entry import Entry, Kind
from deadweight.core.successive_changes import in_turn


def placed(tmp_path: Path, name: str) -> Path:
    file = tmp_path / name
    file.write_bytes(name.encode())
    return file


def test_what_was_added_and_removed_again_was_never_there(tmp_path: Path) -> None:
    swap = Changes(removed=frozenset({"a"}), added={"n": Addition(Entry("n", Kind.FILE), placed(tmp_path, "n"))})
    whole = in_turn(swap, Changes(removed=frozenset({"n"})), {"a", "b"}.__contains__)
    assert whole == Changes(removed=frozenset({"a"}))


def test_what_was_added_is_changed_in_its_place(tmp_path: Path) -> None:
    added, later = placed(tmp_path, "n"), placed(tmp_path, "stripped")
    swap = Changes(added={"n": Addition(Entry("n", Kind.FILE, 1, 1, mode=0o700), added)})
    made = in_turn(swap, Changes(replaced={"n": later}), {"a"}.__contains__)
    assert (made.replaced, made.added["n"].body) == ({}, later)
    assert (made.added["n"].entry.size, made.added["n"].entry.mode) == (8, 0o700)


def test_a_link_that_crosses_to_what_was_added_is_symbolic_or_none(tmp_path: Path) -> None:
    swap = Changes(added={name: Addition(Entry(name, Kind.FILE), placed(tmp_path, name)) for name in ("n", "o")})
    links = {"n": Link("o", Linking.HARD), "o": Link("b", Linking.SYMBOLIC, "b")}
    made = in_turn(swap, Changes(linked=links), {"a", "b"}.__contains__)
    assert made.linked == {}
    assert made.added["n"] == swap.added["n"]
    assert (made.added["o"].entry.kind, made.added["o"].entry.target) == (Kind.SYMLINK, "b")


def test_what_was_replaced_and_goes_with_its_directory_is_removed(tmp_path: Path) -> None:
    swap = Changes(replaced={"d/e": placed(tmp_path, "e")})
    assert in_turn(swap, Changes(removed=frozenset({"d"})), {"d", "d/e"}.__contains__) == Changes(
        removed=frozenset({"d"})
    )


_NAMES = ("a", "b", "d", "d/e", "d/f")


@st.composite
def two_changes(draw: st.DrawFn) -> tuple[tuple[frozenset[str], ...], tuple[frozenset[str], ...]]:
    """What is removed, replaced and added at first, then what of the outcome is removed and replaced."""
    fate = {name: draw(st.sampled_from(("stays", "goes", "new body"))) for name in _NAMES}
    added = draw(st.frozensets(st.sampled_from(("n", "d/n"))))
    again = {name: draw(st.sampled_from(("stays", "goes", "new body"))) for name in (*_NAMES, *sorted(added))}

    def named(fates: dict[str, str], wanted: str) -> frozenset[str]:
        return frozenset(name for name, one in fates.items() if one == wanted)

    return (named(fate, "goes"), named(fate, "new body"), added), (named(again, "goes"), named(again, "new body"))


@given(two_changes())
@settings(max_examples=200, deadline=None)
def test_two_changes_one_behind_the_other_are_one(
    drawn: tuple[tuple[frozenset[str], ...], tuple[frozenset[str], ...]],
) -> None:
    """The oracle makes the first, then the second on what came of it."""
    (gone, replaced, added), (gone_later, replaced_later) = drawn
    with TemporaryDirectory() as folder:
        files = {name: placed(Path(folder), name) for name in ("first", "second", "new")}
        entries = tuple(Entry(name, Kind.DIRECTORY if name == "d" else Kind.FILE) for name in _NAMES)
        bodied = {entry.path for entry in entries if entry.kind is Kind.FILE}
        first = Changes(
            gone,
            {name: files["first"] for name in replaced & bodied if not is_removed(name, gone)},
            added={name: Addition(Entry(name, Kind.FILE), files["new"]) for name in added},
        )
        between = [write.entry for write in writes(entries, first)]
        there = {entry.path for entry in between}
        later = Changes(
            gone_later & there,
            dict.fromkeys(replaced_later & there & (bodied | added) - gone_later, files["second"]),
        )
        one_by_one = {write.entry.path for write in writes(between, later)}
        whole = in_turn(first, later, set(_NAMES).__contains__)
        made = {write.entry.path: write.staged for write in writes(entries, whole)}
        assert made.keys() == one_by_one
        assert all(made[name] == files["second"] for name in later.replaced.keys() & made.keys())
