from __future__ import annotations

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.core.errors import Lacking
from deadweight.edits.fetching import Target
from deadweight.edits.swap_checks import check_requirements, staying

TARGET = Target("3.12", ("manylinux_2_17_aarch64", "linux_aarch64"))
THERE = {"numpy": "2.4.6", "typing-extensions": "4.15.0", "odd": ""}


@pytest.mark.parametrize(
    "line",
    [
        "numpy>=2",
        "Typing_Extensions",
        "odd>=1",
        "absent ; extra == 'more'",
        "absent ; python_version < '3.12'",
        "absent ; platform_machine == 'x86_64'",
        "absent ; sys_platform == 'win32'",
    ],
)
def test_what_is_there_or_does_not_apply_is_met(line: str) -> None:
    check_requirements([line], THERE, TARGET)


@pytest.mark.parametrize("line", ["absent", "numpy>=3", "absent ; platform_machine == 'aarch64'"])
def test_what_is_missing_is_said(line: str) -> None:
    with pytest.raises(Lacking, match="which is not there"):
        check_requirements(["numpy", line], THERE, TARGET)


def test_the_heavy_build_again_is_refused_by_what_it_requires() -> None:
    """A package index without the CPU builds gives the one for GPUs under the same name."""
    with pytest.raises(Lacking, match="no lighter build: it requires nvidia-cublas-cu12"):
        check_requirements(["nvidia-cublas-cu12==12.8"], {"nvidia-cublas-cu12": "12.8"}, TARGET, "nvidia-.+|triton")
    check_requirements(["nvidia-x ; extra == 'gpu'"], {}, TARGET, "nvidia-.+")


def test_what_stays_is_what_does_not_go_and_lies_in_the_same_place() -> None:
    parts = (distribution_files(SITE, "one-two", "1.5"), distribution_files(SITE, "gone"))
    elsewhere = distribution_files("other/site-packages", "far")
    listing = site_scene(*parts, elsewhere).listing
    assert staying(listing, SITE, frozenset({f"{SITE}/gone-1.0.dist-info"})) == {"one-two": "1.5"}
