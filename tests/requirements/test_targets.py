"""Pythons and platforms: their markers are true there and nowhere else."""

from __future__ import annotations

import pytest
from packaging.markers import Marker

from deadweight.core.errors import UsageError
from deadweight.requirements.resolving.targets import Target, marker_of, oldest, targets

PLATFORMS = {
    "x86_64-manylinux_2_28": ("linux", "x86_64"),
    "aarch64-unknown-linux-musl": ("linux", "aarch64"),
    "linux": ("linux", "x86_64"),
    "macos": ("darwin", "arm64"),
    "x86_64-apple-darwin": ("darwin", "x86_64"),
    "windows": ("win32", "AMD64"),
    "aarch64-pc-windows-msvc": ("win32", "ARM64"),
}


def world(platform: str, python: str) -> dict[str, str]:
    system, machine = PLATFORMS[platform]
    return {"sys_platform": system, "platform_machine": machine, "python_version": python}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_target_s_marker_is_true_just_there(platform: str) -> None:
    marker = Marker(Target("3.12", platform).marker)
    assert marker.evaluate(world(platform, "3.12"))
    assert not marker.evaluate(world(platform, "3.11"))
    others = [other for other in PLATFORMS if PLATFORMS[other] != PLATFORMS[platform]]
    assert not any(marker.evaluate(world(other, "3.12")) for other in others)


def test_without_platforms_one_target_from_the_oldest_python_on_stands_for_all() -> None:
    assert targets(("3.12", "3.9", "3.11"), ()) == (Target("3.9"),)
    assert targets((), ()) == (Target(),)
    assert Target("3.9").words == ("--universal", "--python-version", "3.9")
    assert Target().marker == ""


def test_each_python_on_each_platform_is_a_target() -> None:
    found = targets(("3.11", "3.12"), ("linux", "macos"))
    assert len(set(found)) == 4
    assert found[0].words == ("--python-platform", "linux", "--python-version", "3.11")


def test_what_holds_for_all_needs_no_marker_and_for_a_whole_platform_no_python() -> None:
    every = targets(("3.11", "3.12"), ("linux", "windows"))
    assert marker_of(every, every) == ""
    assert marker_of(every[:2], every) == Target("", "linux").marker
    mixed = Marker(marker_of((every[0], *every[2:]), every))
    assert mixed.evaluate(world("linux", "3.11"))
    assert not mixed.evaluate(world("linux", "3.12"))
    assert mixed.evaluate(world("windows", "3.12"))


@pytest.mark.parametrize("python", ["2.7", "3", "three", "3.x"])
def test_what_is_no_python_is_refused(python: str) -> None:
    with pytest.raises(UsageError, match="no version of Python"):
        targets((python,), ())


@pytest.mark.parametrize(
    ("told", "python"),
    [(">=3.11", "3.11"), (">=3.9,<4", "3.9"), ("~=3.10", "3.10"), ("==3.12.*", "3.12"), ("<4", ""), ("", "")],
)
def test_the_oldest_python_is_read_from_what_a_project_requires(told: str, python: str) -> None:
    assert oldest(told) == python
