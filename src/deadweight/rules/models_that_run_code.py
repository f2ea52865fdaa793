"""Finds model files that run code when they are loaded.

Why it weighs
-------------
A pickle is a program: loading it imports and calls what it names. A model of one's own may need that; one that came
from elsewhere can do anything. A format without code (safetensors, ONNX) holds the same weights.

Evidence
--------
The opcodes of the pickle, walked and never run: every name beyond those that rebuild tensors and plain values, and
what it is called with. Also programs of TorchScript and Lambda layers of Keras. That nothing is found says only that
nothing is called; it is never a verdict of safe.

Edit
----
None: a person decides. `deadweight model convert` writes the tensors in a format that holds no code.

Source
------
pickletools, torch/serialization.py (weights_only). Lists of forbidden names fail: CVE-2025-10155, CVE-2025-10156,
CVE-2025-10157 (picklescan), CVE-2026-14534 (fickling).
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.model_looks import SEEN_MODELS
from deadweight.models.rules.contains_code import MODEL_RULE
from deadweight.rules.model_telling import of_file

_NAME = "models-that-run-code"


def _find(scene: Scene) -> Iterator[Finding]:
    for alone in scene.ask(SEEN_MODELS).alone():
        (checkpoint,) = alone.checkpoints
        found = list(MODEL_RULE.find(alone))
        if found:
            yield of_file(scene, _NAME, checkpoint.location, found)


RULE: Rule = Rule(_NAME, "model files that run code when they are loaded", Safety.SUGGESTED, _find)
