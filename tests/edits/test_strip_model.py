"""Model files written again without leftovers: what stays is equal, and where a program looks for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from builders.checkpoints import noise, of_torch, trained
from builders.models import safetensors
from builders.scenes import scene_of
from deadweight.core.changes import Changes, Link, Linking
from deadweight.core.edit import Edit, Safety
from deadweight.core.scene import Scene
from deadweight.edits.strip_model import EDIT
from deadweight.models.bodies import elements
from deadweight.models.reading import read


def stripping(scene: Scene, staging: Path, *paths: str, so_far: Changes | None = None) -> Mapping[str, Path]:
    edit = Edit("strip-model", paths, Safety.PROVEN, "training-leftovers", "moments of an optimizer")
    return EDIT.apply(edit, scene, so_far or Changes(), staging).replaced


@pytest.mark.parametrize("legacy", [False, True])
def test_what_stays_is_equal_and_under_its_own_keys(legacy: bool, tmp_path: Path) -> None:
    made = stripping(scene_of({"m.pt": trained(legacy=legacy)}), tmp_path, "m.pt")["m.pt"]
    checkpoint = read(made)
    (tensor,) = checkpoint.tensors
    assert (tensor.path, tensor.shape) == (("model_state", "layer.weight"), (3000, 10))
    assert b"".join(elements(checkpoint, tensor)) == noise(30_000, 0)
    assert made.stat().st_size < len(trained()) / 2.9


def test_counters_that_a_program_may_read_stay(tmp_path: Path) -> None:
    made = stripping(scene_of({"m.pt": trained()}), tmp_path, "m.pt")["m.pt"]
    assert [(value.path, value.plain) for value in read(made).values] == [(("step",), 1500)]


def test_names_of_safetensors_stay_as_they_are(tmp_path: Path) -> None:
    tensors = {
        "model.layer.weight": ("F32", (20_000,), noise(20_000, 1)),
        "model.layer.copy": ("F32", (20_000,), noise(20_000, 1)),
        "optimizer.exp_avg": ("F32", (20_000,), noise(20_000, 2)),
    }
    body = safetensors(tmp_path / "a", tensors, {"format": "pt"}).read_bytes()
    made = stripping(scene_of({"m.safetensors": body}), tmp_path, "m.safetensors")["m.safetensors"]
    checkpoint = read(made)
    assert {tensor.name for tensor in checkpoint.tensors} == {"model.layer.weight", "model.layer.copy"}
    assert checkpoint.metadata == {"format": "pt"}


def test_only_results_are_left_in_the_staging_folder(tmp_path: Path) -> None:
    made = stripping(scene_of({"a/m.pt": trained(), "b/m.pt": trained(20_000)}), tmp_path, "a/m.pt", "b/m.pt")
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(made.values())


def test_what_cannot_be_written_again_is_left_with_the_reason(tmp_path: Path) -> None:
    scene = scene_of({"m.pt": trained()[:-30]})
    assert not stripping(scene, tmp_path, "m.pt")
    (gap,) = scene.gaps
    assert (gap.stage, gap.where) == ("strip-model", "m.pt")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "before",
    [
        Changes(removed=frozenset(("m",))),
        Changes(linked={"m/m.pt": Link("other.pt", Linking.HARD)}),
        Changes(replaced={"m/m.pt": Path("other")}),
    ],
)
def test_what_another_edit_changed_is_left_to_it(before: Changes, tmp_path: Path) -> None:
    scene = scene_of({"m/m.pt": trained(), "other.pt": of_torch(("w", 20_000))})
    assert not stripping(scene, tmp_path, "m/m.pt", so_far=before)
