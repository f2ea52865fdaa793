"""What could be demanded: distributions of an environment, pins of a lock for a target."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from packaging.tags import sys_tags

from builders.installations import MARKERS
from deadweight.core.requirement import Lock, LockedFile, Pinned, Place
from deadweight.dependencies.node import Part
from deadweight.dependencies.parts import download_of, parts_of_lock, pins_for, preferred_tags, with_downloads

PLACE = Place("uv.lock", 1)


def pin(name: str, version: str = "1.0", marker: str = "", sizes: Mapping[str, int] | None = None) -> Pinned:
    """A pin with wheels, each by its tags with two underscores for a hyphen; `sdist` is what it is built from."""
    files = [
        LockedFile(
            f"{name}-{version}.tar.gz" if tags == "sdist" else f"{name}-{version}-{tags.replace('__', '-')}.whl", size
        )
        for tags, size in (sizes or {}).items()
    ]
    return Pinned(name, version, PLACE, marker=marker, files=tuple(files))


WHEELS = {
    "cp312__cp312__manylinux_2_28_x86_64": 1,
    "cp312__cp312__manylinux_2_17_x86_64": 2,
    "cp39__abi3__manylinux_2_17_x86_64": 3,
    "cp312__cp312__win_amd64": 4,
    "cp312__cp312__macosx_11_0_arm64": 5,
    "cp312__cp312__manylinux_2_17_aarch64": 6,
    "py3__none__any": 7,
    "sdist": 8,
}


@pytest.mark.parametrize(
    ("target", "without", "size"),
    [
        ({}, (), 1),
        ({}, (1,), 2),
        ({"python_version": "3.11"}, (), 3),
        ({"sys_platform": "win32", "platform_machine": "AMD64"}, (), 4),
        ({"sys_platform": "darwin", "platform_machine": "arm64"}, (), 5),
        ({"platform_machine": "aarch64"}, (), 6),
        ({"platform_machine": "riscv64"}, (), 7),
        ({"platform_machine": "riscv64"}, (7,), 8),
        ({"platform_machine": "riscv64"}, (7, 8), None),
    ],
)
def test_what_is_downloaded_is_what_fits_the_target_best(
    target: Mapping[str, str], without: tuple[int, ...], size: int | None
) -> None:
    wheels = {tags: count for tags, count in WHEELS.items() if count not in without}
    assert download_of(pin("one", sizes=wheels), preferred_tags({**MARKERS, **target})) == size


def test_the_order_of_tags_is_that_of_packaging_for_the_python_that_runs_us() -> None:
    import sys

    mine = preferred_tags({**MARKERS, "python_version": f"{sys.version_info.major}.{sys.version_info.minor}"})
    theirs = [tag for tag in sys_tags() if tag in mine]
    assert [tag for tag in theirs if "linux_x86_64" in tag.platform or tag.platform == "any"]
    ranks = [mine[tag] for tag in theirs]
    assert ranks == sorted(ranks)


def test_of_a_fork_the_pin_holds_whose_marker_does() -> None:
    lock = Lock(
        "uv.lock",
        "uv.lock",
        (pin("a", "1", 'sys_platform == "win32"'), pin("a", "2", 'sys_platform == "linux"'), pin("b")),
    )
    assert [(one.name, one.version) for one in pins_for(lock, MARKERS)] == [("a", "2"), ("b", "1.0")]


def test_a_marker_of_extras_or_groups_keeps_its_pin() -> None:
    lock = Lock("pylock.toml", "pylock.toml", (pin("a", marker="'dev' in dependency_groups"),))
    assert [one.name for one in parts_of_lock(lock, MARKERS)] == ["a"]


def test_a_lock_lends_its_downloads_to_what_is_installed_in_the_same_version() -> None:
    parts = (Part("a", "1.0", 10), Part("b", "2.0", 20), Part("c", "1.0+cpu", 30))
    lent = with_downloads(parts, (Part("a", "1.0", None, 5), Part("b", "2.1", None, 6), Part("c", "1.0", None, 7)))
    assert [one.download for one in lent] == [5, None, None]
