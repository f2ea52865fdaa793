from __future__ import annotations

import pytest

from builders.findings import found_by, paths_of
from builders.scenes import distribution_files
from deadweight.core.edit import Safety
from deadweight.rules.os_litter import RULE

STORE = b"\0\0\0\1Bud1" + bytes(20)
COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(20)
FORK = bytes.fromhex("00051607") + bytes(20)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("app/.DS_Store", STORE),
        ("app/img/Thumbs.db", COMPOUND),
        ("app/img/ehthumbs.db", COMPOUND),
        ("app/._model.py", FORK),
        ("._x", FORK),
        ("app/desktop.ini", b"[.ShellClassInfo]\r\n"),
    ],
)
def test_finds_what_a_desktop_leaves(path: str, body: bytes) -> None:
    (finding,) = found_by(RULE, {path: body, "app/main.py": b""})
    assert finding.paths == (path,)
    assert finding.size == len(body)
    assert finding.safety is Safety.SAFE


def test_finds_a_whole_directory_of_resource_forks_once() -> None:
    files = {"__MACOSX/._a.py": FORK, "__MACOSX/app/._b.py": FORK, "a.py": b""}
    (finding,) = found_by(RULE, files)
    assert finding.paths == ("__MACOSX",)
    assert finding.size == 2 * len(FORK)


def test_finds_a_store_that_a_wheel_brought_along() -> None:
    site = "usr/lib/python3/site-packages"
    files = distribution_files(site, "pretty", files={"pretty/__init__.py": b"", "pretty/.DS_Store": STORE})
    assert paths_of(found_by(RULE, files)) == {f"{site}/pretty/.DS_Store"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("app/Thumbs.db", b"SQLite format 3\0 the app's own thumbnails"),
        ("app/.DS_Store", b"notes"),
        ("app/._private.py", b"import os  # a module, whatever its name"),
        ("app/a._b", FORK),
        ("app/thumbs.py", b""),
    ],
)
def test_leaves_a_file_whose_content_is_another(path: str, body: bytes) -> None:
    assert found_by(RULE, {path: body}) == ()


def test_leaves_the_settings_file_of_an_installed_package() -> None:
    files = distribution_files("lib/site-packages", "shell", files={"shell/desktop.ini": b"[template]"})
    assert found_by(RULE, files) == ()
