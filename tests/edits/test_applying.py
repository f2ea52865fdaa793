from pathlib import Path

import pytest

from builders.scenes import artifact_of, entry_of, scene_from, scene_of
from deadweight.core.changes import Changes, Link, Linking
from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import UsageError
from deadweight.core.inventory import Cause, Shadow
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.edits.applying import apply_all, edit_kinds
from deadweight.edits.record import follow_ups

REMOVE = Edit("remove", ("a/x",), Safety.SAFE, "rule", "reason")


class Counting:
    """A progress that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def start(self, what: str, total: int, unit: str = "B") -> None:
        self.told.append((what, total))

    def advance(self, amount: int) -> None:
        self.told.append(("advance", amount))

    def finish(self) -> None:
        self.told.append(("finish", 0))


OURS = ("remove", "share", "strip", "merge", "record", "tripwire")


def test_our_kinds_are_made_in_this_order() -> None:
    ordered = sorted(edit_kinds().values(), key=lambda kind: kind.order)
    names = [kind.name for kind in ordered if kind.name in OURS]
    assert names == list(OURS)
    assert all(kind.summary for kind in ordered)


def test_edits_come_to_their_changes_together(tmp_path: Path) -> None:
    scene = scene_of({"a/x": b"x", "a/y": b"same", "b/z": b"same"})
    share = Edit("share", ("b/z",), Safety.SAFE, "r", "same", arguments={"target": "a/y", "linking": "hard link"})
    assert apply_all((share, REMOVE), scene, edit_kinds(), tmp_path) == Changes(
        removed=frozenset({"a/x"}), linked={"b/z": Link("a/y", Linking.HARD)}
    )


def test_no_edits_come_to_nothing(tmp_path: Path) -> None:
    assert not apply_all((), scene_of({"a": b"a"}), edit_kinds(), tmp_path)


def test_a_later_kind_sees_what_earlier_ones_changed_whatever_the_order_of_the_plan(tmp_path: Path) -> None:
    seen: list[Changes] = []

    def look(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
        seen.append(so_far)
        return Changes()

    kinds = {**edit_kinds(), "look": EditKind("look", "looks", 95, frozenset(), look)}
    edits = (Edit("look", ("a/y",), Safety.SAFE, "rule", "reason"), REMOVE)
    apply_all(edits, scene_of({"a/x": b"x", "a/y": b"y"}), kinds, tmp_path)
    assert seen == [Changes(removed=frozenset({"a/x"}))]


def test_a_kind_that_nobody_knows_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'squeeze'") as caught:
        apply_all((Edit("squeeze", ("a",), Safety.SAFE, "r", "r"),), scene_of({"a": b"a"}), edit_kinds(), tmp_path)
    assert "remove" in caught.value.advice


def test_a_path_that_is_not_there_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    edits = (Edit("record", ("b/RECORD",), Safety.SAFE, "", "r"), REMOVE)
    with pytest.raises(UsageError, match="'b/RECORD', which is not there"):
        apply_all(edits, scene_of({"a/x": b"x"}), edit_kinds(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_hidden_path_is_looked_for_in_its_layer(tmp_path: Path) -> None:
    hidden = Shadow(entry_of("gone", b"gone", layer=0), Cause.REMOVED_FILE, 1)
    scene = scene_from(artifact_of({"here": b"here"}, [(hidden, b"gone")]))
    edit = Edit("merge", ("gone",), Safety.SAFE, "dead-bytes", "hidden", layer=0)
    assert apply_all((edit,), scene, edit_kinds(), tmp_path).dropped == {(0, "gone")}
    other = Edit("merge", ("gone",), Safety.SAFE, "dead-bytes", "hidden", layer=1)
    with pytest.raises(UsageError, match="not there in layer 1"):
        apply_all((other,), scene, edit_kinds(), tmp_path)


def test_progress_counts_edits(tmp_path: Path) -> None:
    scene = scene_of({"a/x": b"x"})
    progress = Counting()
    told = Scene(scene.artifact, scene.ownership, progress=progress)
    apply_all((REMOVE,), told, edit_kinds(), tmp_path)
    assert progress.told == [("applying", 1), ("advance", 1), ("finish", 0)]


def test_a_link_that_is_no_file_is_removed_as_any_path(tmp_path: Path) -> None:
    scene = scene_of({"a/x": Entry("a/x", Kind.SYMLINK, target="y")})
    assert follow_ups(scene, (REMOVE,)) == ()
    assert apply_all((REMOVE,), scene, edit_kinds(), tmp_path).removed == {"a/x"}
