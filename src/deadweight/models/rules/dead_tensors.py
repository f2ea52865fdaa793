"""Tensors that a model holds and most programs never use: positions that count up, counters of batches, poolers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.model_seams import ModelRule
from deadweight.core.tensor import Checkpoint, Tensor, TensorFinding, Weighing
from deadweight.models.rules.telling import name_of, suggestion

NAME = "dead_tensors"
_POOLER = re.compile(r"(?:^|\.)pooler\.dense\.(?:weight|bias)$")


def _find(weighing: Weighing) -> Iterator[TensorFinding]:
    for checkpoint in weighing.checkpoints:
        found = (_positions(weighing, checkpoint), _counters(checkpoint), _poolers(checkpoint))
        yield from (finding for finding in found if finding is not None)


def _positions(weighing: Weighing, checkpoint: Checkpoint) -> TensorFinding | None:
    tensors = [tensor for tensor in _ending(checkpoint, "position_ids") if _counts_up(weighing, checkpoint, tensor)]
    says = f"{name_of(checkpoint)} stores positions that count 0, 1, 2, …, which the model makes itself"
    why = "every element is its own index"
    return suggestion(NAME, says, (checkpoint, tensors), why) if tensors else None


def _counts_up(weighing: Weighing, checkpoint: Checkpoint, tensor: Tensor) -> bool:
    looked = weighing.look(checkpoint, tensor)
    return looked is not None and looked.is_counting


def _counters(checkpoint: Checkpoint) -> TensorFinding | None:
    tensors = _ending(checkpoint, "num_batches_tracked")
    says = f"{name_of(checkpoint)} holds {len(tensors)} counters of batches that only training reads"
    why = "read only while training, and there only without a momentum"
    return suggestion(NAME, says, (checkpoint, tensors), why) if tensors else None


def _poolers(checkpoint: Checkpoint) -> TensorFinding | None:
    tensors = [tensor for tensor in checkpoint.tensors if _POOLER.search(tensor.name)]
    says = f"{name_of(checkpoint)} holds a pooler, which mean-pooled embeddings never run"
    why = "dead only where nothing reads pooler_output: prove it before it goes"
    return suggestion(NAME, says, (checkpoint, tensors), why) if tensors and not checkpoint.has_graph else None


def _ending(checkpoint: Checkpoint, end: str) -> list[Tensor]:
    return [tensor for tensor in checkpoint.tensors if tensor.name.rpartition(".")[2] == end]


MODEL_RULE: ModelRule = ModelRule(NAME, "positions, counters of batches, poolers", _find)
