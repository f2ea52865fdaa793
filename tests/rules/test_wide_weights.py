"""float32 that holds a shorter dtype: told only when all elements were looked at."""

from __future__ import annotations

from builders.checkpoints import of_halves, of_safetensors
from builders.scenes import scene_of
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.rules.wide_weights import RULE


def found(rule: Rule, scene: Scene) -> list[Finding]:
    return list(rule.find(scene))


def test_finds_float32_that_was_bfloat16_and_nothing_else() -> None:
    (one,) = found(RULE, scene_of({"a.safetensors": of_halves(50_000), "b.safetensors": of_safetensors(("w", 50_000))}))
    assert (one.paths, one.size) == (("a.safetensors",), 100_000)
    assert "1 tensor of a.safetensors is float32 and holds only values of bfloat16" in one.says


def test_leaves_a_tensor_of_which_one_element_beyond_the_sample_does_not_fit() -> None:
    body = bytearray(of_halves(200_000))
    body[-28_000] |= 1
    body[-27_999] |= 1
    assert not found(RULE, scene_of({"a.safetensors": bytes(body)}))
