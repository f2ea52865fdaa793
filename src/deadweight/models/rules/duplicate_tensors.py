"""Tensors that are stored more than once, in one file and across files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence
from deadweight.core.model_seams import ModelRule
from deadweight.core.plural import agreeing, plural
from deadweight.core.tensor import Checkpoint, TensorFinding, Weighing
from deadweight.models.copies import Copy, copies
from deadweight.models.rules.telling import MOST_TOLD, described, held, name_of, place

NAME = "duplicate_tensors"


def _find(weighing: Weighing) -> Iterator[TensorFinding]:
    groups: dict[tuple[str, bool], list[Copy]] = defaultdict(list)
    for copy in copies(weighing):
        if not copy.is_view:
            groups[copy.checkpoint.location, copy.first[0] is copy.checkpoint].append(copy)
    by_location = {checkpoint.location: checkpoint for checkpoint in weighing.checkpoints}
    for (location, is_within), found in groups.items():
        yield _finding(by_location[location], found, is_within)


def _finding(checkpoint: Checkpoint, found: list[Copy], is_within: bool) -> TensorFinding:
    others = sorted({name_of(copy.first[0]) for copy in found})
    where = "in it a second time" if is_within else f"in {', '.join(others[:3])} too"
    biggest = sorted(found, key=lambda copy: -copy.tensor.size)[:MOST_TOLD]
    return TensorFinding(
        rule=NAME,
        says=f"{plural(len(found), 'tensor')} of {name_of(checkpoint)} {agreeing(len(found), 'stands')} {where}",
        size=sum(copy.tensor.size for copy in found),
        evidence=tuple(_evidence(copy) for copy in biggest),
        confidence=Confidence.CERTAIN,
        safety=Safety.SAFE if is_within else Safety.SUGGESTED,
        tensors=held(checkpoint, [copy.tensor for copy in found]),
    )


def _evidence(copy: Copy) -> Evidence:
    checkpoint, tensor = copy.first
    return Evidence(
        f"{described(copy.tensor)}, equal to {tensor.name} by blake3",
        f"{place(checkpoint, tensor)} of {checkpoint.location}",
    )


MODEL_RULE: ModelRule = ModelRule(NAME, "the same elements stored twice, in one file and across files", _find)
