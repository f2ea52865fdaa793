"""Files that run code when they are loaded: everything that a pickle imports or calls beyond rebuilding tensors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deadweight.core.finding import Confidence, Evidence
from deadweight.core.model_seams import ModelRule
from deadweight.core.tensor import TensorFinding, Weighing

NAME = "contains_code"
MOST = 50


def _find(weighing: Weighing) -> Iterator[TensorFinding]:
    for checkpoint in weighing.checkpoints:
        if checkpoint.code:
            names = tuple(dict.fromkeys(code.name for code in checkpoint.code))
            told = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
            yield TensorFinding(
                rule=NAME,
                says=f"{Path(checkpoint.location).name} contains code: loading it would run {told}",
                size=0,
                evidence=tuple(Evidence(code.shown, code.where) for code in checkpoint.code[:MOST]),
                confidence=Confidence.CERTAIN,
            )


MODEL_RULE: ModelRule = ModelRule(NAME, "what loading the file would import or call", _find)
