"""The projects whose lists lie in an artifact."""

from __future__ import annotations

from builders.scenes import distribution_files, scene_of
from builders.sites import SITE, site_scene
from deadweight.facts.stated_projects import STATED_PROJECTS

LOCK = b'version = 1\n[[package]]\nname = "torch"\nversion = "2.0"\nsource = { registry = "https://h/cpu" }\n'


def test_a_project_is_read_with_its_lists_and_its_locks() -> None:
    scene = scene_of(
        {
            "app/requirements.txt": b"-r requirements/base.txt\nflask\n",
            "app/requirements/base.txt": b"numpy\n",
            "app/uv.lock": LOCK,
            "app/main.py": b"",
        }
    )
    (project,) = scene.ask(STATED_PROJECTS)
    assert (project.folder, project.path("uv.lock")) == ("app", "app/uv.lock")
    assert sorted(one.name for one in project.declarations.items) == ["flask", "numpy"]
    assert [lock.pins[0].source for lock in project.locks] == ["https://h/cpu"]


def test_projects_beside_each_other_are_apart() -> None:
    scene = scene_of({"a/requirements.txt": b"flask\n", "b/requirements/base.txt": b"numpy\n"})
    assert [project.folder for project in scene.ask(STATED_PROJECTS)] == ["a", "b"]


def test_a_project_may_lie_at_the_root() -> None:
    (project,) = scene_of({"requirements.txt": b"flask\n"}).ask(STATED_PROJECTS)
    assert (project.folder, project.path("requirements.txt")) == ("", "requirements.txt")


def test_the_lists_of_packages_and_tests_are_nobodys_project() -> None:
    inside = distribution_files(SITE, "tool", files={"tool/requirements.txt": b"flask\n"})
    scene = site_scene(inside, {"app/tests/requirements.txt": b"pytest\n"})
    assert scene.ask(STATED_PROJECTS) == ()


def test_a_broken_list_is_a_gap_and_says_so() -> None:
    scene = scene_of({"app/requirements.txt": b"-r gone.txt\n", "other/requirements.txt": b"flask\n"})
    assert [project.folder for project in scene.ask(STATED_PROJECTS)] == ["other"]
    assert [gap.where for gap in scene.gaps if gap.stage == "requirements"] == ["app"]


def test_an_artifact_without_lists_reads_nothing() -> None:
    scene = scene_of({"app/main.py": b"import os\n", "data/notes.txt": b"hello\n"})
    assert scene.ask(STATED_PROJECTS) == ()
    assert scene.artifact.contents.read_bytes == 0  # type: ignore[attr-defined]  # the contents in memory count
