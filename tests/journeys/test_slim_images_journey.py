"""Naive images of real frameworks: how much smaller each becomes, with every probe and every check the same."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from builders.journeys import need

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))
from slim_images import slimmed

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(
    ("name", "on_disk", "to_pull"), [("flask", 33, 38), ("scikit-learn", 7.3, 8.2), ("torch", 4.1, 5.1)]
)
def test_an_image_becomes_so_many_times_smaller_and_stays_whole(name: str, on_disk: float, to_pull: float) -> None:
    need("mmdebstrap", "buildah", "bwrap", "strace")
    result = slimmed(name, "tight")
    assert result.is_whole
    assert result.on_disk[0] >= on_disk * result.on_disk[1]
    assert result.to_pull[0] >= to_pull * result.to_pull[1]
