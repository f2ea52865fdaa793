"""Tensors that a model holds and most programs never use: positions that count up, counters of batches, poolers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from deadweight.core.finding import Evidence
from deadweight.core.model_seams import ModelRule
from deadweight.core.plural import plural
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
    says = f"{name_of(checkpoint)} holds {plural(len(tensors), 'counter')} of batches that only training reads"
    why = "read only while training, and there only without a momentum"
    return suggestion(NAME, says, (checkpoint, tensors), why) if tensors else None


def _poolers(checkpoint: Checkpoint) -> TensorFinding | None:
    tensors = [tensor for tensor in checkpoint.tensors if _POOLER.search(tensor.name)]
    if not tensors or checkpoint.has_graph:
        return None
    says = f"{name_of(checkpoint)} holds a pooler, which mean-pooled embeddings never run"
    stated = _stated_pooling(Path(checkpoint.location).parent)
    why = "dead only where nothing reads pooler_output: prove it before it goes"
    found = suggestion(NAME, says, (checkpoint, tensors), "never run as the model is pooled" if stated else why)
    return replace(found, evidence=(*stated, *found.evidence)) if stated else found


def _stated_pooling(folder: Path) -> tuple[Evidence, ...]:
    """What the folder says of how its embeddings are pooled, where that leaves the pooler out.

    Source: sentence_transformers/models/Pooling.py; all of its modes read the token embeddings, none pooler_output.
    """
    stated = folder / "1_Pooling" / "config.json"
    try:
        modes = dict(json.loads(stated.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return ()
    on = [name for name, value in modes.items() if name.startswith("pooling_mode_") and value is True]
    return (Evidence(f"embeddings are pooled by {', '.join(on)}", str(stated)),) if on else ()


def _ending(checkpoint: Checkpoint, end: str) -> list[Tensor]:
    return [tensor for tensor in checkpoint.tensors if tensor.name.rpartition(".")[2] == end]


MODEL_RULE: ModelRule = ModelRule(NAME, "positions, counters of batches, poolers", _find)
