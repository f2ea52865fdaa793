"""Model files of an artifact: read where they lie, laid aside where they lie in an archive, and not read twice."""

from __future__ import annotations

from pathlib import Path

from builders.checkpoints import of_safetensors, of_torch
from builders.scenes import MemoryContents, scene_from, scene_of
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Opening, Rule
from deadweight.facts.model_files import MODEL_FILES
from deadweight.formats.recognition import recognise
from deadweight.rules.duplicate_models import RULE as DUPLICATES
from deadweight.rules.models_that_run_code import RULE as CODE
from deadweight.rules.training_leftovers import RULE as LEFTOVERS
from deadweight.rules.wide_weights import RULE as WIDE

EVERY = (DUPLICATES, CODE, LEFTOVERS, WIDE)


def found(rule: Rule, scene: Scene) -> list[Finding]:
    return list(rule.find(scene))


def read_bytes(scene: Scene) -> int:
    assert isinstance(scene.artifact.contents, MemoryContents)
    return scene.artifact.contents.read_bytes


def test_models_that_have_nothing_in_common_are_read_once() -> None:
    bodies = {"one.safetensors": of_safetensors(("a", 30_000)), "two.pt": of_torch(("a", 40_000))}
    scene = scene_of(bodies)
    for rule in EVERY:
        found(rule, scene)
    assert read_bytes(scene) == sum(map(len, bodies.values()))


def test_a_model_that_cannot_be_read_is_a_gap_with_its_path(tmp_path: Path) -> None:
    body = of_safetensors(("a", 30_000))
    scene = scene_of({"app/cut.safetensors": body[:-1]})
    assert not found(LEFTOVERS, scene)
    assert [(gap.stage, gap.where) for gap in scene.gaps] == [("model files", "app/cut.safetensors")]


def test_an_artifact_without_models_is_not_read() -> None:
    scene = scene_of(
        {"app/data.bin": bytes(1 << 20), "app/main.py": b"import torch\n", "lib/x.so": b"\x7fELF" * 50_000}
    )
    for rule in EVERY:
        assert not found(rule, scene)
    assert read_bytes(scene) == 0


def test_models_of_a_directory_are_read_where_they_lie_with_the_data_beside_them(tmp_path: Path) -> None:
    import numpy
    import onnx
    from onnx import numpy_helper

    tensor = numpy_helper.from_array(numpy.ones((200, 200), numpy.float32), "w")
    node = onnx.helper.make_node("MatMul", ["x", "w"], ["y"])
    ends = [onnx.helper.make_tensor_value_info(name, 1, [1, 200]) for name in "xy"]
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "g" * 70_000, ends[:1], ends[1:], [tensor]))
    (tmp_path / "app").mkdir()
    onnx.save(model, tmp_path / "app/m.onnx", save_as_external_data=True, location="m.onnx.data", size_threshold=0)
    artifact = recognise(tmp_path / "app").open(tmp_path / "app", Opening())
    (file,) = scene_from(artifact).ask(MODEL_FILES).values()
    assert [tensor.name for tensor in file.checkpoint.tensors] == ["w"]
    assert file.checkpoint.location == "m.onnx"
