"""Models squeezed where that is asked for: judged by a task or by the running program, never without either."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.checkpoints import of_safetensors, trained
from builders.judged_models import TASK, product
from builders.scenes import MemoryContents, scene_of
from deadweight.core.edit import Safety
from deadweight.core.errors import UsageError
from deadweight.core.finding import Finding
from deadweight.rules.lossy_models import RULE

FILES = {"app/models/a.safetensors": product(), "app/main.py": b"import model\n"}


def found(lossy: str, files: dict[str, bytes] | None = None, **options: str) -> list[Finding]:
    named = {name.replace("_", "-"): value for name, value in options.items()}
    return list(RULE.find(scene_of(files or FILES, {"lossy": lossy, **named})))


def task(tmp_path: Path, strict: str) -> str:
    path = tmp_path / "task.py"
    path.write_text(TASK % strict)
    return f"**/*.safetensors={path}"


def test_finds_a_model_that_is_named_and_leaves_its_proof_to_the_program() -> None:
    (one,) = found("app/models/*")
    assert one.safety is Safety.LOSSY
    assert [(edit.kind, dict(edit.arguments)) for edit in one.edits] == [("squeeze-model", {"share": "0.0"})]
    assert one.size == 900_000


def test_leaves_every_model_where_nothing_is_asked_for_and_reads_none() -> None:
    scene = scene_of(FILES)
    assert not list(RULE.find(scene))
    assert isinstance(scene.artifact.contents, MemoryContents)
    assert scene.artifact.contents.read_bytes == 0


def test_the_coarsest_steps_that_a_task_bears_are_taken_and_the_gate_is_told(tmp_path: Path) -> None:
    (one,) = found(task(tmp_path, "20"))
    (edit,) = one.edits
    assert 0 < float(edit.arguments["share"]) <= 0.5
    assert "the gate lets them through" in one.says
    assert one.evidence[0].says.startswith("near: 1 became 1, 0.9")
    assert edit.arguments["gate"] == one.evidence[0].says
    (finer,) = found(task(tmp_path, "4"))
    assert float(finer.edits[0].arguments["share"]) < float(edit.arguments["share"])


def test_a_model_that_its_task_refuses_is_told_and_has_no_edit(tmp_path: Path) -> None:
    (one,) = found(task(tmp_path, "0.0001"))
    assert not one.edits
    assert "development data refuse even eight bits" in one.says
    assert one.size == 0


def test_more_is_kept_where_more_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"too few to show that 0\.99 is kept"):
        found(task(tmp_path, "20"), lossy_keep="0.99")


@pytest.mark.parametrize("keep", ["much", "0", "1.5", "nan"])
def test_a_share_to_keep_that_is_none_is_refused(keep: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no share to keep"):
        found(task(tmp_path, "20"), lossy_keep=keep)


def test_a_glob_that_matches_no_model_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="matches no model file"):
        found("other/*.onnx")


def test_a_task_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="no such task"):
        found("app/models/*=nowhere.py")


def test_a_task_that_fails_is_told_with_its_file(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise RuntimeError('no data here')\n")
    with pytest.raises(UsageError, match="no data here"):
        found(f"app/models/*={broken}")


def test_a_model_is_judged_by_the_first_glob_that_names_it(tmp_path: Path) -> None:
    files = {**FILES, "b.safetensors": of_safetensors(("w", 30_000))}
    one, other = found(f"app/{task(tmp_path, '20')}\n**", files)
    assert other.paths == ("b.safetensors",)
    assert "the gate lets them through" in one.says


def test_small_models_and_formats_that_are_not_written_again_are_told_and_left() -> None:
    files = {"small.safetensors": of_safetensors(("w", 30_000)), "odd.pkl": trained(legacy=True)}
    small, odd = sorted(found("*", files), key=lambda one: one.paths, reverse=True)
    assert not small.edits
    assert not odd.edits
    assert "bytes of float32 in two axes" in small.says
