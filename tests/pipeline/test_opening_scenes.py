"""A platform is asked of images alone."""

from __future__ import annotations

from pathlib import Path

from builders.stacks import layout_of
from deadweight.core.seams import Opening
from deadweight.pipeline.opening import Sight, open_scene

SIGHT = Sight(Opening(platform="linux/amd64"))


def test_a_platform_that_is_asked_of_a_directory_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    gaps = open_scene(tmp_path, SIGHT).gaps
    assert [gap.reason for gap in gaps] == ["it is no image: the platform linux/amd64 says nothing of it"]
    assert not open_scene(tmp_path, Sight()).gaps


def test_a_platform_of_an_image_is_none(tmp_path: Path) -> None:
    assert not open_scene(layout_of(tmp_path / "layout", [(("a", b"a"),)]), SIGHT).gaps
