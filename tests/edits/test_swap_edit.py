from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from builders.scenes import artifact_of, distribution_files, scene_from, scene_of
from builders.stacks import flattened, layout_of, unpacked_layers
from builders.wheels import wheel_file
from deadweight.core.changes import Changes, writes
from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Lacking, UsageError
from deadweight.core.planning import Choice
from deadweight.core.scene import Scene
from deadweight.core.seams import Opening, Packing
from deadweight.edits.applying import apply_all, edit_kinds
from deadweight.edits.record import follow_ups
from deadweight.edits.swap import EDIT
from deadweight.formats.recognition import format_named
from deadweight.owners.attribution import catalogers, metadata_globs
from deadweight.pipeline.opening import Sight
from deadweight.pipeline.slimming import slim
from deadweight.pipeline.target import Target
from deadweight.pipeline.weighing import plan as planned

SITE = "lib/python3.12/site-packages"
HEAVY = {
    "one/__init__.py": b"old",
    "one/heavy/cuda.so": b"x" * 9000,
    "one/same.py": b"same",
    "../../../bin/one": b"#!/opt/bin/python3\nold\n",
}
LIGHT = {"one/__init__.py": b"new", "one/same.py": b"same", "one/light/cpu.so": b"y" * 90}


def old_files() -> dict[str, bytes]:
    files = distribution_files(SITE, "heavy", files=HEAVY, entry_points="[console_scripts]\none = one:main\n")
    files["bin/one"] = files.pop(f"{SITE}/../../../bin/one")
    return {**files, **distribution_files(SITE, "base", "2.0"), "bin/other": b"#!/opt/bin/python3\nx\n"}


PATHS = ("bin/one", f"{SITE}/heavy-1.0.dist-info", f"{SITE}/one")


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    folder = tmp_path / "staging"
    folder.mkdir()
    return folder


def swapping(name: str = "light", paths: tuple[str, ...] = PATHS, **arguments: str) -> Edit:
    given = {
        "old": f"{SITE}/heavy-1.0.dist-info",
        "requirements": f"{name}==1.0",
        "python": "3.12",
        "platforms": "linux_x86_64",
        "refuse": "",
        **arguments,
    }
    return Edit("swap", paths, Safety.PROVEN, "lighter-equivalents", "lighter", arguments=given)


def light(index: Path, name: str = "light", requires: tuple[str, ...] = ("base>=2",)) -> Path:
    points = "[console_scripts]\none = one:main\ntwo = one:main\n"
    return wheel_file(index, name, files=LIGHT, requires=requires, entry_points=points)


def made(scene: Scene, changes: Changes) -> dict[str, bytes]:
    """The files of the copy, directories left out."""
    bodies = {entry.path: body.read() for entry, body in scene.artifact.contents.stream(_files(scene))}
    found = {}
    for write in writes(scene.listing.entries, changes):
        if write.staged:
            found[write.entry.path] = write.staged.read_bytes()
        elif write.source:
            found[write.entry.path] = bodies[write.source.path]
    return found


def _files(scene: Scene) -> list[Entry]:
    return [entry for entry in scene.listing.entries if entry.kind is Kind.FILE]


def test_the_heavy_one_goes_the_lighter_one_comes_and_what_both_have_stays_in_place(index: Path, staging: Path) -> None:
    light(index)
    scene = scene_of(old_files())
    changes = EDIT.apply(swapping(), scene, Changes(), staging)
    assert changes.replaced.keys() == {f"{SITE}/one/__init__.py", f"{SITE}/one/same.py", "bin/one"}
    assert changes.removed == {f"{SITE}/heavy-1.0.dist-info", f"{SITE}/one/heavy"}
    after = made(scene, changes)
    assert after[f"{SITE}/one/__init__.py"] == b"new"
    assert after[f"{SITE}/one/light/cpu.so"] == b"y" * 90
    assert f"{SITE}/one/heavy/cuda.so" not in after
    assert f"{SITE}/light-1.0.dist-info/METADATA" in after
    assert after[f"{SITE}/base-2.0.dist-info/METADATA"] == old_files()[f"{SITE}/base-2.0.dist-info/METADATA"]


def test_scripts_are_written_for_the_interpreter_of_those_beside(index: Path, staging: Path) -> None:
    light(index)
    scene = scene_of(old_files())
    changes = EDIT.apply(swapping(), scene, Changes(), staging)
    assert made(scene, changes)["bin/two"].startswith(b"#!/opt/bin/python3\nimport sys\n")
    assert changes.added["bin/two"].entry.mode == 0o755


def test_new_directories_are_entries_where_the_artifact_stores_them(index: Path, staging: Path) -> None:
    light(index)
    changes = EDIT.apply(swapping(), scene_of(old_files()), Changes(), staging)
    kinds = {path: one.entry.kind for path, one in changes.added.items()}
    assert kinds[f"{SITE}/one/light"] is Kind.DIRECTORY
    bare = artifact_of(old_files())
    files = tuple(entry for entry in bare.inventory.visible if entry.kind is Kind.FILE)
    scene = scene_from(replace(bare, inventory=replace(bare.inventory, visible=files)))
    paths = tuple(path for path in old_files() if path == "bin/one" or "/heavy-1.0." in path or "/one/" in path)
    (staging / "two").mkdir()
    found = EDIT.apply(swapping(paths=paths), scene, Changes(), staging / "two")
    assert Kind.DIRECTORY not in {one.entry.kind for one in found.added.values()}


def test_records_of_others_are_left_and_that_of_the_new_one_is_true(index: Path, staging: Path) -> None:
    light(index)
    scene = scene_of(old_files())
    edits = (swapping(), *follow_ups(scene, [swapping()]))
    assert [edit.kind for edit in edits] == ["swap"]
    changes = apply_all(edits, scene, edit_kinds(), staging)
    after = made(scene, changes)
    rows = after[f"{SITE}/light-1.0.dist-info/RECORD"].decode().splitlines()
    assert {row.split(",")[0] for row in rows} >= {"one/__init__.py", "../../../bin/one", "one/light/cpu.so"}


def test_what_the_new_one_requires_must_be_there(index: Path, staging: Path) -> None:
    light(index, requires=("base>=3",))
    with pytest.raises(Lacking, match="requires base>=3"):
        EDIT.apply(swapping(), scene_of(old_files()), Changes(), staging)


def test_the_heavy_build_again_is_refused(index: Path, staging: Path) -> None:
    light(index, requires=("base", "nvidia-cublas"))
    with pytest.raises(Lacking, match="no lighter build"):
        EDIT.apply(swapping(refuse="nvidia-.+"), scene_of(old_files()), Changes(), staging)


def test_a_lighter_one_that_is_installed_already_is_not_fetched(staging: Path) -> None:
    scene = scene_of({**old_files(), **distribution_files(SITE, "light")})
    assert EDIT.apply(swapping(), scene, Changes(), staging) == Changes(removed=frozenset(PATHS))


def test_a_file_of_something_else_is_never_written_over(index: Path, staging: Path) -> None:
    light(index)
    files = {**old_files(), "bin/two": b"#!/bin/sh\n"}
    with pytest.raises(UsageError, match="bin/two"):
        EDIT.apply(swapping(), scene_of(files), Changes(), staging)


def test_a_body_that_another_path_shares_is_not_changed_under_it(index: Path, staging: Path) -> None:
    """uv links the files of several environments to one."""
    light(index)
    shared = f"{SITE}/one/__init__.py"
    files: Mapping[str, bytes | Entry] = {**old_files(), "z/one.py": Entry("z/one.py", Kind.HARDLINK, target=shared)}
    scene = scene_of(files)
    after = made(scene, EDIT.apply(swapping(), scene, Changes(), staging))
    assert (after[shared], after["z/one.py"]) == (b"new", b"old")


def test_a_plan_that_does_not_say_what_to_fetch_is_refused(staging: Path) -> None:
    edit = Edit("swap", PATHS, Safety.PROVEN, "lighter-equivalents", "lighter")
    with pytest.raises(UsageError, match="does not say"):
        EDIT.apply(edit, scene_of(old_files()), Changes(), staging)


def test_an_environment_is_slimmed_by_a_swap_and_pip_finds_it_whole(index: Path, tmp_path: Path) -> None:
    light(index)
    root = tmp_path / "app"
    for path, body in old_files().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(body)
    target = Target(root, Sight(options={"swap": "heavy=light"}))
    plan = planned(target, Choice(select=frozenset({"lighter-equivalents"})))
    proven = replace(plan, edits=tuple(replace(edit, safety=Safety.SAFE) for edit in plan.edits))
    slim(target, tmp_path / "out", proven)
    words = [sys.executable, "-m", "pip", "list", "--format", "freeze", "--path", str(tmp_path / "out" / SITE)]
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    assert listed == ["base==2.0", "light==1.0"]
    assert (tmp_path / "out" / SITE / "one/light/cpu.so").read_bytes() == b"y" * 90
    assert (tmp_path / "out" / "bin/two").stat().st_mode & 0o100


def test_in_an_image_of_layers_what_went_is_gone_and_what_came_is_seen(index: Path, tmp_path: Path) -> None:
    light(index)
    old, staging, form = old_files(), tmp_path / "work", format_named("oci-layout")
    lower = [(path, body) for path, body in old.items() if path != "bin/other"]
    root = layout_of(tmp_path / "image", [lower, [("bin/other", old["bin/other"]), ("app/main.py", b"import one\n")]])
    artifact = form.open(root, Opening(keep=metadata_globs(catalogers())))
    scene = scene_from(artifact)
    staging.mkdir()
    paths = tuple(path for path in old if path == "bin/one" or "/heavy-1.0." in path or "/one/" in path)
    changes = EDIT.apply(swapping(paths=paths), scene, Changes(), staging)
    assert form.pack is not None
    form.pack(artifact, changes, tmp_path / "out", Packing())
    seen = {path: body for path, (_, body) in flattened(unpacked_layers(tmp_path / "out")).items()}
    assert seen[f"{SITE}/one/__init__.py"] == b"new"
    assert seen[f"{SITE}/one/light/cpu.so"] == b"y" * 90
    assert seen["app/main.py"] == b"import one\n"
    assert f"{SITE}/light-1.0.dist-info/RECORD" in seen
    assert not any("heavy" in path for path in seen)
