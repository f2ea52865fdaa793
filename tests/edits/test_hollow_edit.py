from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from builders.cutting import answer, compiled
from builders.openblas import CHOICE, importer, openblas, worthwhile
from builders.scenes import MemoryContents, scene_of
from deadweight.core.changes import Changes, Link, Linking
from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Scene
from deadweight.edits.hollow import EDIT
from deadweight.edits.strip import EDIT as STRIP
from deadweight.rules.unreached_routines import RULE

PATH = "lib/libopenblas.so"


def scene_with(body: bytes, **more: bytes) -> Scene:
    return scene_of({PATH: body, **{f"lib/{name}": other for name, other in more.items()}})


def hollow(scene: Scene, staging: Path, so_far: Changes | None = None, **arguments: str) -> Changes:
    given: Mapping[str, str] = {"imported": "dot_ solve_", **arguments}
    edit = Edit("hollow", (PATH,), Safety.PROVEN, "unreached-routines", "routines", arguments=given)
    return EDIT.apply(edit, scene, so_far or Changes(), staging)


def reasons(scene: Scene) -> dict[str, str]:
    return {gap.where: gap.reason for gap in scene.gaps if gap.stage == "hollow"}


def stripped(scene: Scene, staging: Path) -> dict[str, bytes]:
    """What stripping alone makes of the library."""
    changes = STRIP.apply(Edit("strip", (PATH,), Safety.SAFE, "native-symbols", "symbols"), scene, Changes(), staging)
    bodies = {path: out.read_bytes() for path, out in changes.replaced.items()}
    for out in changes.replaced.values():
        out.unlink()
    return bodies


def test_what_is_imported_answers_and_the_rest_is_gone(tmp_path: Path) -> None:
    scene = scene_with(worthwhile())
    out = hollow(scene, tmp_path).replaced[PATH]
    assert out.stat().st_size < len(worthwhile()) - 690_000
    assert answer(out, "dot_ solve_", 1, **{CHOICE: "NEHALEM"}) == "201 0"
    assert "undefined symbol: spare_" in answer(out, "spare_", 1)
    assert reasons(scene) == {}


def test_processors_that_are_named_keep_their_kernels(tmp_path: Path) -> None:
    out = hollow(scene_with(worthwhile()), tmp_path, processors="x86-64-v3").replaced[PATH]
    assert answer(out, "dot_ solve_", 1, **{CHOICE: "NEHALEM"}) == "401 0"


def test_the_result_is_stripped_and_always_the_same(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = hollow(scene_with(worthwhile()), tmp_path / "one").replaced[PATH].read_bytes()
    assert first == hollow(scene_with(worthwhile()), tmp_path / "two").replaced[PATH].read_bytes()
    assert b"solver\0" not in first


def test_what_the_rule_finds_is_what_goes(tmp_path: Path) -> None:
    scene = scene_with(worthwhile(), **{"user.so": importer()})
    (found,) = RULE.find(scene)
    out = EDIT.apply(found.edits[0], scene, Changes(), tmp_path).replaced[PATH]
    saved = len(worthwhile()) - out.stat().st_size
    assert found.size - 8192 <= saved <= found.size + 16384


def test_only_the_result_is_left_in_the_staging_folder(tmp_path: Path) -> None:
    changes = hollow(scene_with(worthwhile()), tmp_path)
    assert set(tmp_path.iterdir()) == set(changes.replaced.values())


def test_the_body_is_read_once(tmp_path: Path) -> None:
    scene = scene_with(worthwhile())
    hollow(scene, tmp_path)
    contents = scene.artifact.contents
    assert isinstance(contents, MemoryContents)
    assert contents.read_bytes == len(worthwhile())


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: b"\x7fELF" + bytes(200), "no whole ELF file"),
        (lambda: openblas()[:-9], "no whole ELF file"),
        (lambda: openblas(flags=("-s",)), "stripped"),
        (lambda: compiled("int dot_(int x) { return x; }\n"), "no build of OpenBLAS"),
        (lambda: openblas(flags=("-Wl,-z,max-page-size=0x200000",)), "more than a page"),
    ],
    ids=["damaged", "cut short", "stripped", "another library", "large pages"],
)
def test_what_cannot_be_cut_is_a_gap_with_the_reason(made: Callable[[], bytes], why: str, tmp_path: Path) -> None:
    scene = scene_with(made())
    changes = hollow(scene, tmp_path)
    assert why in reasons(scene)[PATH]
    assert {path: out.read_bytes() for path, out in changes.replaced.items()} == stripped(scene, tmp_path)
    assert reasons(scene)[PATH].startswith("stripped alone" if changes else "left as it is")
    assert set(tmp_path.iterdir()) == set(changes.replaced.values())


def test_a_plan_that_names_no_import_is_a_gap(tmp_path: Path) -> None:
    scene = scene_with(worthwhile())
    (out,) = hollow(scene, tmp_path, imported="").replaced.values()
    assert "stripped alone: nothing here imports" in reasons(scene)[PATH]
    assert out.read_bytes() == stripped(scene, tmp_path)[PATH]


@pytest.mark.parametrize(
    "so_far",
    [
        Changes(removed=frozenset(("lib",))),
        Changes(linked={PATH: Link("lib/other.so", Linking.HARD)}),
        Changes(replaced={PATH: Path("other")}),
    ],
    ids=["removed", "linked", "replaced"],
)
def test_what_another_edit_took_is_left(so_far: Changes, tmp_path: Path) -> None:
    assert not hollow(scene_with(worthwhile()), tmp_path, so_far)


def test_stripping_leaves_what_was_cut(tmp_path: Path) -> None:
    scene = scene_with(worthwhile())
    changes = hollow(scene, tmp_path)
    assert not STRIP.apply(Edit("strip", (PATH,), Safety.SAFE, "native-symbols", "symbols"), scene, changes, tmp_path)


def test_a_hard_link_follows_its_first_name(tmp_path: Path) -> None:
    body = worthwhile()
    link = Entry(PATH, Kind.HARDLINK, len(body), 0, target="lib/first.so", head=body[:16])
    assert not hollow(scene_of({"lib/first.so": body, PATH: link}), tmp_path)


def test_a_library_whose_checksum_lies_beside_it_is_left(tmp_path: Path) -> None:
    scene = scene_with(worthwhile(), **{"libopenblas.chk": b"checksum"})
    assert not hollow(scene, tmp_path)
    assert "libopenblas.chk" in reasons(scene)[PATH]
