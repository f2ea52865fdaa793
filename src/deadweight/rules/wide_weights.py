"""Finds weights that are stored as float32 and hold only values of a dtype half as long.

Why it weighs
-------------
Trained in bfloat16 or float16 and saved as float32, a model takes twice the bytes and holds no digit more.

Evidence
--------
Every element of the tensor was looked at: its low bytes are zero (bfloat16), or it survives the way to float16 and
back bit by bit. Tensors are read as a whole only where a sample of them fits.

Edit
----
None: which dtype a program takes is its own. `deadweight model convert --dtype` writes the file so, without loss.

Source
------
IEEE 754 binary16; bfloat16 is the upper half of binary32.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.model_looks import SEEN_MODELS
from deadweight.models.rules.narrow_values import MODEL_RULE
from deadweight.rules.model_telling import of_file

_NAME = "wide-weights"
_SMALLEST = 64 << 10


def _find(scene: Scene) -> Iterator[Finding]:
    for alone in scene.ask(SEEN_MODELS).alone():
        (checkpoint,) = alone.checkpoints
        found = list(MODEL_RULE.find(alone))
        if sum(one.size for one in found) >= _SMALLEST:
            yield of_file(scene, _NAME, checkpoint.location, found)


RULE: Rule = Rule(_NAME, "float32 weights that hold only values of a shorter dtype", Safety.SUGGESTED, _find)
