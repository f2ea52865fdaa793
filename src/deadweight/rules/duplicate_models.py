"""Finds model files that hold the weights of another file, in another format or under other names.

Why it weighs
-------------
A model is saved for torch, as safetensors and as ONNX, and one of them is loaded. silero-vad ships one network eight
times; basic-pitch ships one as ONNX, tflite, SavedModel and Core ML.

Evidence
--------
At least 90 % of the bytes of its tensors have the same BLAKE3 digest as tensors of the other file, whatever the
formats and names are. Tensors are read only where dtypes and sizes agree so far. Files that are equal byte by byte are
found by `duplicates`.

Edit
----
None: which of them the program loads is not in the files. The proof of a removal is a run: `deadweight slim --keep`.

Source
------
Measured: silero-vad 6.2.3, 12.7 MB of tensors of which 5.0 are different.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.core.tensor import TensorFinding
from deadweight.facts.model_looks import SEEN_MODELS
from deadweight.models.rules.same_model import MODEL_RULE
from deadweight.rules.model_telling import of_file

_NAME = "duplicate-models"


def _find(scene: Scene) -> Iterator[Finding]:
    by_path: dict[str, list[TensorFinding]] = {}
    for found in MODEL_RULE.find(scene.ask(SEEN_MODELS)):
        by_path.setdefault(found.evidence[0].where, []).append(found)
    for path, found_there in by_path.items():
        yield of_file(scene, _NAME, path, found_there[:1])


RULE: Rule = Rule(_NAME, "one model in several files or formats", Safety.SUGGESTED, _find)
