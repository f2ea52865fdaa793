"""Bytes that belong to no tensor: the rest of a storage that is larger than what is viewed of it, padding."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence
from deadweight.core.model_seams import ModelRule
from deadweight.core.tensor import Checkpoint, Storage, TensorFinding, Weighing
from deadweight.models.accounts import account, covered
from deadweight.models.gathering import extent
from deadweight.models.rules.telling import MOST_TOLD, name_of

NAME = "unviewed_bytes"
SMALLEST = 4096


def _find(weighing: Weighing) -> Iterator[TensorFinding]:
    for checkpoint in weighing.checkpoints:
        whole = account(checkpoint)
        if whole.unseen >= SMALLEST:
            yield _storages(checkpoint, whole.unseen)
        if whole.padding >= max(SMALLEST, whole.size // 100):
            yield _padding(checkpoint, whole.padding)


def _storages(checkpoint: Checkpoint, size: int) -> TensorFinding:
    rests = sorted(_rests(checkpoint), key=lambda pair: -pair[1])
    return TensorFinding(
        rule=NAME,
        says=f"{name_of(checkpoint)} stores {size:,} bytes that no tensor views",
        size=size,
        evidence=tuple(
            Evidence(
                f"{rest:,} of the {one.length:,} bytes of the storage {one.name}", f"{one.file}, offset {one.offset}"
            )
            for one, rest in rests[:MOST_TOLD]
        ),
        confidence=Confidence.CERTAIN,
        safety=Safety.SAFE,
    )


def _evidence(storage: Storage, rest: int) -> Evidence:
    says = f"{rest:,} of the {storage.length:,} bytes of the storage {storage.name}"
    return Evidence(says, f"{storage.file}, offset {storage.offset}")


def _rests(checkpoint: Checkpoint) -> Iterator[tuple[Storage, int]]:
    for index, storage in enumerate(checkpoint.storages):
        views = [one for one in checkpoint.tensors if one.storage == index and one.size]
        rest = storage.size - covered((one.offset, one.offset + extent(one)) for one in views)
        if rest and not (storage.packing and views):
            yield storage, rest


def _padding(checkpoint: Checkpoint, size: int) -> TensorFinding:
    return TensorFinding(
        rule=NAME,
        says=f"{size:,} bytes of {name_of(checkpoint)} lie between its tensors and belong to nothing",
        size=size,
        evidence=(Evidence("what is left of its files after tensors, headers and graph", checkpoint.location),),
        confidence=Confidence.LIKELY,
        safety=Safety.SAFE,
    )


MODEL_RULE: ModelRule = ModelRule(NAME, "bytes of storages that no tensor views, padding", _find)
