from __future__ import annotations

from dataclasses import replace

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.core.edit import Safety
from deadweight.core.errors import UsageError
from deadweight.core.finding import Finding
from deadweight.rules.lighter_equivalents import RULE

OPENCV = distribution_files(SITE, "opencv-python", "4.10.0.84", {"cv2/__init__.py": b"x" * 500})
TORCH = {
    **distribution_files(SITE, "torch", "2.11.0", {"torch/__init__.py": b"t" * 900}, ["nvidia-cublas-cu12"]),
    **distribution_files(SITE, "nvidia-cublas-cu12", "12.8", {"nvidia/cublas/lib.so": b"x" * 700}),
}
WINDOW = {"app/main.py": b"import cv2\ncv2.imshow('x', y)\n"}


def found(*parts: dict[str, bytes], swap: str = "") -> tuple[Finding, ...]:
    scene = replace(site_scene(*parts), options={"swap": swap} if swap else {})
    return tuple(RULE.find(scene))


def test_finds_a_heavy_distribution_with_what_only_it_needs_and_suggests_the_lighter_one() -> None:
    (one,) = found(TORCH)
    (edit,) = one.edits
    assert (one.owner, one.safety, edit.kind) == ("torch 2.11.0", Safety.SUGGESTED, "swap")
    assert {f"{SITE}/torch", f"{SITE}/torch-2.11.0.dist-info", f"{SITE}/nvidia"} <= set(edit.paths)
    assert one.size > 1600
    assert "nothing asks for a GPU" in one.says
    assert "--swap torch=cpu" in one.says
    assert any(evidence.says == "only it requires this" for evidence in one.evidence)
    assert any("192 MB" in evidence.says for evidence in one.evidence)


def test_leaves_it_where_the_condition_does_not_hold() -> None:
    assert found(OPENCV, WINDOW) == ()
    assert len(found(OPENCV)) == 1


def test_what_is_asked_for_is_made_with_a_proof_and_told_what_speaks_against_it() -> None:
    (one,) = found(OPENCV, WINDOW, swap="opencv-python=headless")
    assert one.safety is Safety.PROVEN
    assert any(evidence.says.startswith("against it: this needs it: 'cv2.imshow'") for evidence in one.evidence)


def test_an_edit_says_all_that_is_needed_to_make_it() -> None:
    (one,) = found(TORCH, swap="torch=cpu")
    arguments = one.edits[0].arguments
    assert arguments["old"] == f"{SITE}/torch-2.11.0.dist-info"
    assert arguments["requirements"] == "torch==2.11.0+cpu torch==2.11.0"
    assert arguments["python"] == "3.12"
    assert "manylinux2014_x86_64" in arguments["platforms"].split()
    assert "nvidia" in arguments["refuse"]


@pytest.mark.parametrize(
    ("swap", "requirements"),
    [
        ("torch=torch==2.13.0", "torch==2.13.0"),
        ("Torch = torch==2.13.0", "torch==2.13.0"),
        ("torch=light-torch", "light-torch==2.11.0"),
        ("torch=light-torch>=3", "light-torch>=3"),
    ],
)
def test_another_one_or_another_version_can_be_named(swap: str, requirements: str) -> None:
    (one,) = found(TORCH, swap=swap)
    assert one.edits[0].arguments["requirements"] == requirements


def test_a_distribution_outside_of_the_table_can_be_swapped_by_name() -> None:
    (one,) = found(distribution_files(SITE, "heavy"), swap="heavy=light==2")
    assert one.edits[0].safety is Safety.PROVEN
    assert one.edits[0].arguments["refuse"] == ""


def test_several_can_be_asked_for_and_others_are_still_suggested() -> None:
    both = found(TORCH, OPENCV, swap="torch=cpu")
    assert {one.owner: one.safety for one in both} == {
        "torch 2.11.0": Safety.PROVEN,
        "opencv-python 4.10.0.84": Safety.SUGGESTED,
    }
    asked = found(TORCH, OPENCV, swap="torch=cpu,opencv-python=headless")
    assert {one.safety for one in asked} == {Safety.PROVEN}


@pytest.mark.parametrize("swap", ["torch", "torch=", "=cpu", "torch==", "torch=a b c"])
def test_what_is_no_swap_is_refused(swap: str) -> None:
    with pytest.raises(UsageError, match="is no swap"):
        found(TORCH, swap=swap)


def test_what_is_not_installed_cannot_be_swapped() -> None:
    with pytest.raises(UsageError, match="scipy is not installed"):
        found(TORCH, swap="scipy=cpu")


def test_a_build_that_is_the_lighter_one_already_cannot_be_swapped_by_that_word() -> None:
    with pytest.raises(UsageError, match="no lighter build"):
        found(distribution_files(SITE, "torch", "2.11.0+cpu"), swap="torch=cpu")
