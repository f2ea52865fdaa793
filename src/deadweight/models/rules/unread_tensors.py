"""Tensors that nothing in the file's own graph reads."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence
from deadweight.core.model_seams import ModelRule
from deadweight.core.plural import plural
from deadweight.core.tensor import TensorFinding, Weighing
from deadweight.models.rules.telling import evidence_of, held, name_of

NAME = "unread_tensors"


def _find(weighing: Weighing) -> Iterator[TensorFinding]:
    for checkpoint in weighing.checkpoints:
        tensors = [checkpoint.tensors[index] for index in checkpoint.unread]
        if tensors:
            yield TensorFinding(
                rule=NAME,
                says=f"nothing in the graph of {name_of(checkpoint)} reads {plural(len(tensors), 'tensor')} of it",
                size=sum(tensor.size for tensor in tensors),
                evidence=evidence_of(checkpoint, tensors, "no node and no output has its name"),
                confidence=Confidence.CERTAIN,
                safety=Safety.SAFE,
                tensors=held(checkpoint, tensors),
            )


MODEL_RULE: ModelRule = ModelRule(NAME, "initializers that no node and no output reads", _find)
