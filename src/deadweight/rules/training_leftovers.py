"""Finds model files that still hold what a trainer saved to go on: the optimizer's state, averages, schedules.

Why it weighs
-------------
Adam keeps two moments for each weight: a checkpoint with its optimizer is three times the model. Resemblyzer's wheel
carries one: 11.4 of its 17.1 MB are the state of Adam, which no program that answers reads.

Evidence
--------
The keys that lead to the tensors, read from the file's own header or pickle without running it: what lies under an
optimizer's name, or is called as its moments are. Averages of the weights beside the weights are told and left.

Edit
----
Writes the file again without them, in the same format, with the same names; every tensor that stays is read back and
compared. Proven: a program that goes on training would miss them. Left are files that hold code, objects or lists,
which are not written again as they were.

Source
------
torch/optim/adam.py, pytorch_lightning checkpoint layout, imagen-pytorch#166, ignite#1954. Measured: Resemblyzer 3.0
times smaller.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from deadweight.core.edit import Edit, Safety
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.core.tensor import TensorFinding
from deadweight.facts.model_looks import SEEN_MODELS
from deadweight.models.rewriting import is_rewritable
from deadweight.models.rules.training_leftovers import MODEL_RULE
from deadweight.rules.model_telling import of_file

_NAME = "training-leftovers"


def _find(scene: Scene) -> Iterator[Finding]:
    for alone in scene.ask(SEEN_MODELS).alone():
        (checkpoint,) = alone.checkpoints
        found = list(MODEL_RULE.find(alone))
        if found:
            finding = of_file(scene, _NAME, checkpoint.location, found)
            stripped = [one for one in found if one.safety is Safety.SAFE] if is_rewritable(checkpoint) else []
            yield replace(finding, edits=tuple(_edit(finding, one) for one in stripped))


def _edit(finding: Finding, found: TensorFinding) -> Edit:
    return Edit("strip-model", finding.paths, Safety.PROVEN, _NAME, found.says, finding.owner)


RULE: Rule = Rule(_NAME, "optimizer state and other leftovers of training in model files", Safety.PROVEN, _find)
