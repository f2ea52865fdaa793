"""Model files written again with coarser weights: whole or not at all, what cannot be is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from builders.judged_models import COLUMNS, ROWS, product
from builders.scenes import scene_of
from deadweight.core.changes import Changes
from deadweight.core.edit import Edit, Safety
from deadweight.core.errors import UsageError
from deadweight.core.scene import Scene
from deadweight.edits.squeeze_model import EDIT
from deadweight.squeezing.storing.files import weights_of


def squeezing(scene: Scene, staging: Path, path: str, **arguments: str) -> Changes:
    edit = Edit("squeeze-model", (path,), Safety.LOSSY, "lossy-models", "coarser", arguments=arguments)
    return EDIT.apply(edit, scene, Changes(), staging)


def test_weights_are_near_and_the_file_is_of_the_same_form(tmp_path: Path) -> None:
    body = product()
    made = squeezing(scene_of({"m.safetensors": body}), tmp_path, "m.safetensors", share="0.25").replaced
    (tmp_path / "before.safetensors").write_bytes(body)
    was, now = (weights_of(path)["w"] for path in (tmp_path / "before.safetensors", made["m.safetensors"]))
    assert (now.shape, now.dtype) == ((ROWS, COLUMNS), was.dtype)
    assert float(np.abs(now.astype(np.float64) - was.astype(np.float64)).max()) <= 0.14
    assert len(np.unique(now)) < 200


def test_the_same_file_is_squeezed_to_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for room in ("one", "two"):
        (tmp_path / room).mkdir()
        changes = squeezing(scene_of({"m.safetensors": product()}), tmp_path / room, "m.safetensors", share="0.0")
        made.append(changes.replaced["m.safetensors"].read_bytes())
    assert made[0] == made[1]


def test_what_cannot_be_squeezed_is_left_with_the_reason_and_without_a_trace(tmp_path: Path) -> None:
    scene = scene_of({"m.safetensors": product()[:-1]})
    assert not squeezing(scene, tmp_path, "m.safetensors", share="0.25")
    (gap,) = scene.gaps
    assert (gap.stage, gap.where) == ("squeeze-model", "m.safetensors")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("arguments", [{}, {"share": "coarse"}])
def test_an_edit_that_does_not_say_how_coarse_is_refused(arguments: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="how coarse"):
        squeezing(scene_of({"m.safetensors": product()}), tmp_path, "m.safetensors", **arguments)
