"""Leftovers of training in model files: found with an edit where the file can be written again."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from builders.checkpoints import noise, of_torch, trained
from builders.models import Call, Name, Storage, torch_zip, whole
from builders.scenes import MemoryContents, scene_from, scene_of
from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Opening, Rule
from deadweight.formats.recognition import recognise
from deadweight.rules.training_leftovers import RULE


def found(rule: Rule, scene: Scene) -> list[Finding]:
    return list(rule.find(scene))


def read_bytes(scene: Scene) -> int:
    assert isinstance(scene.artifact.contents, MemoryContents)
    return scene.artifact.contents.read_bytes


@pytest.mark.parametrize("legacy", [False, True])
def test_finds_the_state_of_an_optimizer_with_its_path_and_an_edit(legacy: bool) -> None:
    (one,) = found(RULE, scene_of({"app/model.pt": trained(legacy=legacy)}))
    assert (one.paths, one.size) == (("app/model.pt",), 240_000)
    assert [(edit.kind, edit.safety) for edit in one.edits] == [("strip-model", Safety.PROVEN)]
    assert all(evidence.where.startswith("app/model.pt, offset ") for evidence in one.evidence)


def test_a_checkpoint_with_code_in_it_is_not_written_again(tmp_path: Path) -> None:
    storages = [Storage(str(key), "float32", noise(30_000, key)) for key in range(2)]
    tree: dict[str, object] = {"model": {"w": whole(storages[0])}, "optimizer": {"exp_avg": whole(storages[1])}}
    tree["hook"] = Call(Name("builtins", "eval"), ("1",))
    (one,) = found(RULE, scene_of({"m.pt": torch_zip(tmp_path / "m.pt", tree, storages).read_bytes()}))
    assert not one.edits
    assert one.safety is Safety.SUGGESTED


def test_a_file_whose_ending_is_of_no_format_that_is_written_has_no_edit() -> None:
    (one,) = found(RULE, scene_of({"m.weights": trained(legacy=True), "m.pkl": trained(legacy=True)}))
    assert (one.paths, one.edits) == (("m.pkl",), ())


def test_leaves_a_model_without_leftovers() -> None:
    assert not found(RULE, scene_of({"m.pt": of_torch(("w", 50_000))}))


def test_a_model_within_an_archive_is_laid_aside_and_nothing_is_left(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("app/model.pt", trained())
    scene = scene_from(recognise(tmp_path / "a.zip").open(tmp_path / "a.zip", Opening()))
    assert [one.paths for one in found(RULE, scene)] == [("app/model.pt",)]
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_every_file_has_one_finding_of_a_rule_at_most(tmp_path: Path) -> None:
    count = 30_000
    storages = [Storage(str(key), "float32", noise(count, key)) for key in range(3)]
    parts = dict(zip(("model", "ema", "optimizer"), ({"w": whole(one)} for one in storages), strict=True))
    body = torch_zip(tmp_path / "m.pt", parts, storages).read_bytes()
    (one,) = found(RULE, scene_of({"m.pt": body}))
    assert one.says.count("; ") == 1
    assert len(one.edits) == 1
