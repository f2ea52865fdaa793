"""Model files that run code: told with what they would call."""

from __future__ import annotations

import pytest

from builders.checkpoints import of_torch, that_calls
from builders.scenes import scene_of
from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.rules.models_that_run_code import RULE


def found(rule: Rule, scene: Scene) -> list[Finding]:
    return list(rule.find(scene))


def test_finds_what_loading_would_run_in_small_files_too() -> None:
    (one,) = found(RULE, scene_of({"app/tiny.pt": that_calls("os", "system"), "app/fine.pt": of_torch(("w", 20_000))}))
    assert one.paths == ("app/tiny.pt",)
    assert "os.system" in one.says
    assert [evidence.where.partition(",")[0] for evidence in one.evidence] == ["app/tiny.pt"] * len(one.evidence)
    assert one.safety is Safety.SUGGESTED


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.ckpt", "model.jit"])
def test_the_name_does_not_hide_what_a_file_calls(name: str) -> None:
    (one,) = found(RULE, scene_of({name: that_calls("builtins", "exec")}))
    assert "builtins.exec" in one.says


def test_leaves_a_model_that_only_rebuilds_tensors() -> None:
    assert not found(RULE, scene_of({"app/model.pt": of_torch(("w", 20_000))}))
