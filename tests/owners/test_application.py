"""What belongs to the application: what lies where people put theirs, and nothing that an ecosystem owns."""

from __future__ import annotations

import pytest

from builders.scenes import distribution_files, scene_of
from deadweight.core.owner import Owner, OwnerKind
from deadweight.owners.application import editable_project, roots

SYSTEM = {"etc/passwd": b"root", "usr/bin/env": b"x"}
SITE = "usr/lib/python3.12/site-packages"


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("app/main.py", "/app"),
        ("srv/main.py", "/srv"),
        ("workspace/a/b.py", "/workspace"),
        ("opt/service/main.py", "/opt/service"),
        ("home/me/code/main.py", "/home/me"),
        ("usr/src/app/main.py", "/usr/src/app"),
        ("var/task/handler.py", "/var/task"),
        ("root/project/main.py", "/root/project"),
        ("entrypoint.sh", "/"),
    ],
)
def test_what_lies_where_people_put_it_is_the_applications(path: str, root: str) -> None:
    scene = scene_of({**SYSTEM, path: b"x"})
    assert scene.ownership.of(path) == Owner(OwnerKind.APPLICATION, root)
    assert scene.ownership.of("etc/passwd").kind is OwnerKind.NOBODY


def test_the_whole_of_a_tree_that_is_no_system_is_the_applications() -> None:
    scene = scene_of(
        {"pyproject.toml": b"[project]\nname = 'My.App'\nversion = '3'\n", "bin/run": b"x", "a/b.py": b"y"}
    )
    assert {scene.ownership.of(path) for path in ("bin/run", "a/b.py")} == {Owner(OwnerKind.APPLICATION, "my-app", "3")}


def test_a_project_names_its_root() -> None:
    scene = scene_of({**SYSTEM, "app/pyproject.toml": b"[project]\nname = 'service'\n", "app/main.py": b"x"})
    assert scene.ownership.of("app/main.py") == Owner(OwnerKind.APPLICATION, "service")


@pytest.mark.parametrize(
    "body", [b"not = [toml", b"\xff\xfe", b"project = 3", b"[project]\nname = 3\n", b"a = " + b"[" * 5000]
)
def test_a_project_file_that_cannot_be_read_leaves_the_root_its_path(body: bytes) -> None:
    scene = scene_of({**SYSTEM, "app/pyproject.toml": body})
    assert scene.ownership.of("app/pyproject.toml") == Owner(OwnerKind.APPLICATION, "/app")


def test_a_project_in_place_is_a_root() -> None:
    files = distribution_files(SITE, "mine", files={"__editable__.mine.pth": b"/usr/local/work\n"})
    info = f"{SITE}/mine-1.0.dist-info/direct_url.json"
    files[info] = b'{"url": "file:///usr/local/work%20place", "dir_info": {"editable": true}}'
    scene = scene_of({**SYSTEM, **files, "usr/local/work place/mine/a.py": b"x"})
    assert roots(scene.listing) == ("usr/local/work place",)
    assert scene.ownership.of("usr/local/work place/mine/a.py").kind is OwnerKind.APPLICATION


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"url": "file:///x"}',
        b'{"url": "file:///x", "dir_info": {}}',
        b'{"url": "https://example.invalid/x", "dir_info": {"editable": true}}',
        b"[" * 100_000,
    ],
)
def test_what_is_not_installed_in_place_names_no_project(body: bytes) -> None:
    assert editable_project(body) == ""


def test_a_distribution_from_a_url_makes_no_system_an_application() -> None:
    files = distribution_files(SITE, "mine")
    files[f"{SITE}/mine-1.0.dist-info/direct_url.json"] = b'{"url": "https://example.invalid/mine.whl"}'
    assert roots(scene_of({**SYSTEM, **files}).listing) == ()


def test_no_root_lies_in_another() -> None:
    files = {**SYSTEM, "usr/src/app/main.py": b"x", "app/opt/x/y": b"z", "app-two/a": b"b"}
    assert roots(scene_of(files).listing) == ("app", "app-two", "usr/src/app")


def test_a_virtual_environment_holds_no_application() -> None:
    assert roots(scene_of({"pyvenv.cfg": b"home = /usr/bin\n", "bin/python": b"x"}).listing) == ()


def test_a_distribution_in_an_application_is_not_its() -> None:
    files = distribution_files("app/vendor/site-packages", "vendored")
    scene = scene_of({**SYSTEM, **files, "app/main.py": b"x"})
    assert scene.ownership.of("app/vendor/site-packages/vendored/__init__.py").name == "vendored"
