from __future__ import annotations

import pytest
from packaging import _manylinux

from builders.scenes import distribution_files
from builders.sites import SITE, image_running, site_scene
from deadweight.facts.wheel_tags import PLATFORMS


def platforms(*tags: str) -> tuple[str, ...]:
    parts = []
    for place, tag in enumerate(tags):
        files = distribution_files(SITE, f"one{place}")
        files[f"{SITE}/one{place}-1.0.dist-info/WHEEL"] = f"Wheel-Version: 1.0\nTag: {tag}\n".encode()
        parts.append(files)
    return site_scene(*parts).ask(PLATFORMS)


def test_what_fits_is_what_needs_no_newer_c_library_than_something_installed() -> None:
    found = platforms("cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp311-abi3-manylinux_2_28_x86_64")
    assert found[:2] == ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64")
    assert found[-1] == "linux_x86_64"
    assert "manylinux_2_29_x86_64" not in found


def test_legacy_names_stand_beside_what_they_mean() -> None:
    found = platforms()
    assert found[0] == "manylinux_2_17_x86_64"
    for (major, minor), name in _manylinux._LEGACY_MANYLINUX_MAP.items():
        assert found.index(f"{name}_x86_64") == found.index(f"manylinux_{major}_{minor}_x86_64") + 1


def test_where_wheels_for_musl_are_installed_no_other_fits() -> None:
    found = platforms("cp312-cp312-musllinux_1_2_x86_64", "py3-none-any")
    assert found == ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64", "linux_x86_64")


@pytest.mark.parametrize("tag", ["py3-none-any", "cp311-cp311-win_amd64", "cp311-cp311-manylinux_2_39_aarch64"])
def test_wheels_for_any_or_another_platform_say_nothing(tag: str) -> None:
    assert platforms(tag) == platforms()


def test_the_machine_is_that_of_the_image() -> None:
    image = image_running("serve")
    assert all(one.endswith("x86_64") for one in site_scene({}, image=image).ask(PLATFORMS))
