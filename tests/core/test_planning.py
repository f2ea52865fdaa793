from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from builders.scenes import scene_of
from deadweight.core.changes import Changes
from deadweight.core.edit import Edit, Safety, Storage
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.planning import Choice, Drawn, draw, gone_bytes
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind

FILES = {
    "app/main.py": b"x" * 10,
    "app/cache/a": b"a" * 20,
    "app/cache/deep/b": b"b" * 30,
    "app/log": b"l" * 40,
}


def kind(name: str, order: int, *needs: Storage) -> EditKind:
    def apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
        return so_far

    return EditKind(name, name, order, frozenset(needs), apply)


KINDS: Mapping[str, EditKind] = {
    "remove": kind("remove", 10),
    "share": kind("share", 20),
    "strip": kind("strip", 30),
    "merge": kind("merge", 40, Storage.LAYERS),
}
ALL = frozenset(Storage)


def edit(*paths: str, kind: str = "remove", safety: Safety = Safety.SAFE, rule: str = "rule", **more: object) -> Edit:
    return Edit(kind, paths, safety, rule, "because", **more)  # type: ignore[arg-type]  # fields of Edit


def finding(*edits: Edit) -> Finding:
    paths = tuple(path for one in edits for path in one.paths)
    return Finding(edits[0].rule, "app", "says", paths, 1, 1, (Evidence("seen", "here"),), Confidence.CERTAIN, edits)


def drawn(*edits: Edit, choice: Choice | None = None, stores: frozenset[Storage] = ALL) -> Drawn:
    findings = [finding(one) for one in edits]
    return draw(findings, scene_of(FILES).listing, choice or Choice(), (KINDS, stores))


def test_safe_and_proven_edits_are_made() -> None:
    result = drawn(edit("app/log"), edit("app/cache/a", safety=Safety.PROVEN))
    assert [one.paths for one in result.edits] == [("app/log",), ("app/cache/a",)]
    assert result.left_out == ()


def test_suggested_edits_are_left_to_a_person() -> None:
    result = drawn(edit("app/log", safety=Safety.SUGGESTED), choice=Choice(safeties=frozenset(Safety)))
    assert result.edits == ()
    assert result.left_out[0].why == "a person decides"


def test_lossy_edits_are_made_only_when_asked_for() -> None:
    lossy = edit("app/log", safety=Safety.LOSSY)
    assert drawn(lossy).edits == ()
    assert drawn(lossy, choice=Choice(safeties=frozenset(Safety))).edits == (lossy,)


def test_proven_edits_need_something_to_prove_them_with() -> None:
    result = drawn(edit("app/log", safety=Safety.PROVEN), choice=Choice(provable=False))
    assert result.edits == ()
    assert "--probe" in result.left_out[0].why


def test_a_path_is_edited_once_by_the_safer_of_two() -> None:
    proven = edit("app/log", "app/cache/a", safety=Safety.PROVEN, rule="bold")
    result = drawn(proven, edit("app/log", rule="careful"))
    assert [(one.rule, one.paths) for one in result.edits] == [("careful", ("app/log",)), ("bold", ("app/cache/a",))]


def test_an_edit_whose_paths_all_go_already_is_left_out() -> None:
    result = drawn(edit("app/cache"), edit("app/cache/deep/b", kind="strip"))
    assert [one.kind for one in result.edits] == ["remove"]
    assert result.left_out[0].why == "another edit does it already"


def test_nothing_is_shared_with_a_file_that_goes() -> None:
    sharing = edit("app/log", kind="share", arguments={"target": "app/cache/a", "linking": "hard link"})
    result = drawn(edit("app/cache"), sharing)
    assert [one.kind for one in result.edits] == ["remove"]
    assert result.left_out[0].why == "what it would share is changed by another edit"


def test_kept_paths_are_never_edited() -> None:
    result = drawn(edit("app/log", "app/cache/a"), choice=Choice(keep=("app/l*",)))
    assert [one.paths for one in result.edits] == [("app/cache/a",)]


def test_a_directory_that_holds_something_kept_is_taken_apart() -> None:
    result = drawn(edit("app/cache"), choice=Choice(keep=("app/cache/deep/",)))
    assert [one.paths for one in result.edits] == [("app/cache/a",)]


def test_what_lies_under_a_kept_directory_is_kept() -> None:
    result = drawn(edit("app/cache/deep/b"), choice=Choice(keep=("app/cache",)))
    assert result.edits == ()
    assert result.left_out[0].why == "its paths are kept"


def test_a_format_without_layers_takes_no_merge() -> None:
    result = drawn(edit("app/log", kind="merge", layer=0), stores=frozenset((Storage.MODES,)))
    assert result.left_out[0].why == "the format stores no layers"


def test_a_format_without_hard_links_takes_no_hard_link() -> None:
    sharing = edit("app/log", kind="share", arguments={"target": "app/main.py", "linking": "hard link"})
    result = drawn(sharing, stores=frozenset((Storage.SYMLINKS,)))
    assert result.left_out[0].why == "the format stores no hard link"


def test_only_selected_rules_edit() -> None:
    result = drawn(edit("app/log", rule="one"), edit("app/cache", rule="two"), choice=Choice(select=frozenset(["two"])))
    assert [one.rule for one in result.edits] == ["two"]


def test_the_estimate_counts_each_path_once() -> None:
    listing = scene_of(FILES).listing
    assert gone_bytes(listing, [edit("app/cache"), edit("app/cache/a"), edit("app/log")]) == 90


def test_what_lies_in_what_a_swap_takes_is_edited_by_nothing_else() -> None:
    """What a swap puts there is another file of the same name."""
    scene = scene_of({"site/torch/lib.so": b"x" * 100, "site/torch/test/a.py": b"y" * 10, "site/other.so": b"z"})
    kinds = {**KINDS, "swap": kind("swap", 5)}
    edits = (
        edit("site/other.so", "site/torch/lib.so", kind="strip"),
        edit("site/torch/test"),
        edit("site/torch", kind="swap", safety=Safety.PROVEN),
    )
    found = [
        Finding("rule", "", "says", one.paths, 1, 1, (Evidence("s", "w"),), Confidence.LIKELY, (one,)) for one in edits
    ]
    drawn = draw(found, scene.listing, Choice(), (kinds, ALL))
    assert [(one.kind, one.paths) for one in drawn.edits] == [("swap", ("site/torch",)), ("strip", ("site/other.so",))]
    assert gone_bytes(scene.listing, drawn.edits) == 110
