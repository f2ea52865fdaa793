from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.loading import system_scene
from deadweight.core.changes import Changes
from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Entry
from deadweight.core.scene import Scene
from deadweight.edits.package_records import EDIT, package_follow_ups, without

_INFO = "var/lib/dpkg/info"
STATUS = "var/lib/dpkg/status"
APK = "lib/apk/db/installed"


def _paragraph(name: str, architecture: str = "amd64") -> str:
    return (
        f"Package: {name}\nStatus: install ok installed\nPriority: optional\nSection: misc\nMaintainer: A <a@b.c>\n"
        f"Architecture: {architecture}\nVersion: 1.0\nDescription: {name}\n Package: of lines\n .\n more\n"
    )


def _dpkg(*lists: str) -> dict[str, bytes | Entry]:
    """A system with a package for each list, whose name may tell its architecture."""
    files: dict[str, bytes | Entry] = {}
    for name in lists:
        stem = name.replace(":", "-")
        files |= {
            f"usr/lib/{stem}/x": b"x",
            f"{_INFO}/{name}.list": f"/.\n/usr/lib/{stem}\n/usr/lib/{stem}/x\n".encode(),
        }
    paragraphs = [_paragraph(name.partition(":")[0], name.partition(":")[2] or "amd64") for name in lists]
    return {**files, STATUS: ("\n".join(paragraphs) + "\n").encode()}


def _remove(*paths: str) -> Edit:
    return Edit("remove", paths, Safety.PROVEN, "test", "nothing needs it")


def _after(scene: Scene, removed: set[str], path: str, staging: Path) -> bytes | None:
    edit = Edit("package record", (path,), Safety.SAFE, "", "follows")
    changes = EDIT.apply(edit, scene, Changes(removed=frozenset(removed)), staging)
    return changes.replaced[path].read_bytes() if path in changes.replaced else None


def test_a_package_that_goes_is_followed_by_one_edit_that_names_it() -> None:
    scene = system_scene(_dpkg("app", "other"))
    (edit,) = package_follow_ups(scene, [_remove("usr/lib/app", f"{_INFO}/app.list")])
    assert (edit.kind, edit.paths, edit.safety, edit.rule) == ("package record", (STATUS,), Safety.SAFE, "")
    assert edit.reason.endswith(": app")


@pytest.mark.parametrize("paths", [("usr/lib/app/x",), ("usr/lib/app", "usr/lib/other")])
def test_a_package_that_loses_files_and_keeps_its_list_stays(paths: tuple[str, ...]) -> None:
    """Its documents went, or all of them did: it is still what the others depend on, and what a scanner has to see."""
    assert package_follow_ups(system_scene(_dpkg("app", "other")), [_remove(*paths)]) == ()


def test_a_database_that_goes_itself_needs_no_edit() -> None:
    assert package_follow_ups(system_scene(_dpkg("app")), [_remove("var/lib/dpkg")]) == ()


def test_the_paragraph_goes_and_the_others_stay_byte_for_byte(tmp_path: Path) -> None:
    scene = system_scene(_dpkg("app", "middle", "last"))
    for name in ("app", "middle", "last"):
        left = [one for one in ("app", "middle", "last") if one != name]
        expected = ("\n".join(map(_paragraph, left)) + "\n").encode()
        assert _after(scene, {f"{_INFO}/{name}.list"}, STATUS, tmp_path) == expected


def test_a_package_of_one_architecture_leaves_that_of_another(tmp_path: Path) -> None:
    scene = system_scene(_dpkg("libc6:amd64", "libc6:i386"))
    left = _after(scene, {f"{_INFO}/libc6:i386.list"}, STATUS, tmp_path)
    assert left is not None
    assert (b"Architecture: amd64" in left, b"Architecture: i386" in left) == (True, False)


def test_nothing_is_rewritten_where_nothing_went(tmp_path: Path) -> None:
    assert _after(system_scene(_dpkg("app")), {"usr/lib/app"}, STATUS, tmp_path) is None


def test_a_package_of_apk_goes_with_its_last_file(tmp_path: Path) -> None:
    body = b"C:Q1x\nP:app\nV:1\nF:usr/bin\nR:app\n\nC:Q1y\nP:other\nV:1\nF:usr/bin\nR:other\nR:more\n\nP:empty\nV:1\n\n"
    scene = system_scene({APK: body, "usr/bin/app": b"x", "usr/bin/other": b"x", "usr/bin/more": b"x"})
    assert [edit.paths for edit in package_follow_ups(scene, [_remove("usr/bin/app", "usr/bin/more")])] == [(APK,)]
    left = _after(scene, {"usr/bin/app", "usr/bin/more"}, APK, tmp_path)
    assert left == b"C:Q1y\nP:other\nV:1\nF:usr/bin\nR:other\nR:more\n\nP:empty\nV:1\n\n"


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="needs dpkg")
def test_dpkg_lists_what_is_left(tmp_path: Path) -> None:
    scene = system_scene(_dpkg("app", "libother:amd64", "last"))
    left = _after(scene, {f"{_INFO}/app.list"}, STATUS, tmp_path)
    assert left is not None
    database = tmp_path / "dpkg"
    (database / "info").mkdir(parents=True)
    (database / "status").write_bytes(left)
    for name in ("libother:amd64", "last"):
        (database / "info" / f"{name}.list").write_text("/.\n")
    command = ["dpkg-query", f"--admindir={database}", "-W", "-f", "${Package} ${Version} ${db:Status-Abbrev}\\n"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.split("\n") == ["last 1.0 ii ", "libother 1.0 ii ", ""]
    assert told.stderr == ""


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from("abcdef"), unique=True), st.sets(st.sampled_from("abcdef")), st.booleans())
def test_what_is_left_is_the_database_of_the_packages_that_are_left(
    names: list[str], gone: set[str], ends: bool
) -> None:
    def database(some: list[str]) -> bytes:
        return "\n".join(map(_paragraph, some)).encode() + (b"\n" if ends and some else b"")

    left = without(database(names), frozenset((name, "") for name in gone))
    assert left == database([name for name in names if name not in gone])
