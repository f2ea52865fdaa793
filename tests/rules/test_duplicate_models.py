"""One model in several files: found by its tensors, whatever formats and names are."""

from __future__ import annotations

from pathlib import Path

from builders.checkpoints import noise, of_safetensors, of_torch
from builders.models import safetensors
from builders.scenes import MemoryContents, scene_of
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.rules.duplicate_models import RULE


def found(rule: Rule, scene: Scene) -> list[Finding]:
    return list(rule.find(scene))


def read_bytes(scene: Scene) -> int:
    assert isinstance(scene.artifact.contents, MemoryContents)
    return scene.artifact.contents.read_bytes


def test_finds_one_model_for_torch_and_as_safetensors_under_the_second_path() -> None:
    tensors = (("a", 30_000), ("b", 20_000))
    scene = scene_of({"m/model.safetensors": of_safetensors(*tensors), "m/pytorch_model.bin": of_torch(*tensors)})
    (one,) = found(RULE, scene)
    assert one.paths == ("m/pytorch_model.bin",)
    assert "is the model of model.safetensors" in one.says
    assert not one.edits


def test_leaves_models_of_one_shape_with_other_weights() -> None:
    first, second = (of_safetensors(("a", 30_000), seed=seed) for seed in (1, 100))
    assert not found(RULE, scene_of({"one.safetensors": first, "two.safetensors": second}))


def test_files_that_are_equal_byte_by_byte_are_left_to_the_rule_of_duplicates_and_read_once() -> None:
    body = of_safetensors(("a", 30_000))
    scene = scene_of({"one.safetensors": body, "two.safetensors": body})
    assert not found(RULE, scene)
    assert read_bytes(scene) == 2 * len(body)


def test_shapes_of_safetensors_do_not_matter_to_copies(tmp_path: Path) -> None:
    body = noise(30_000)
    one = safetensors(tmp_path / "a", {"w": ("F32", (300, 100), body)}).read_bytes()
    two = safetensors(tmp_path / "b", {"v": ("F32", (100, 300), body)}).read_bytes()
    assert len(found(RULE, scene_of({"a.safetensors": one, "b.safetensors": two}))) == 1
