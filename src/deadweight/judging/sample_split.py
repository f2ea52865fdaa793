"""Samples are fitted to the inputs of a model, and split by the digest of each input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.judging.array import Array
from deadweight.judging.sample_files import INPUTS, Samples
from deadweight.judging.task import LEAST
from deadweight.judging.unseen import digest

SPLIT = {"calibration": 0.2, "development": 0.4, "gate": 0.4}
"""The share of the examples that each part gets."""
_SPACE = 1 << 64

Example = tuple[Array, ...]
"""What one call takes of each input of the model, in their order."""


def fitting(samples: Samples, inputs: Sequence[str], data: Path) -> Samples:
    """The columns of the model's inputs, in their order."""
    if len(inputs) == 1 and inputs[0] not in samples.columns and INPUTS in samples.columns:
        return Samples({inputs[0]: samples.columns[INPUTS]}, samples.labels)
    absent = [name for name in inputs if name not in samples.columns]
    if absent:
        raise UsageError(
            f"it has no {', '.join(absent)}, which the model takes; it has {', '.join(samples.columns)}",
            where=str(data),
            advice=f"Name the columns as the model's inputs: {', '.join(inputs)}.",
        )
    return Samples({name: samples.columns[name] for name in inputs}, samples.labels)


def split(examples: Sequence[Example]) -> tuple[dict[str, list[int]], int]:
    """The places of the examples by part, equal ones once; how many were left out for that."""
    found: dict[str, list[int]] = {part: [] for part in SPLIT}
    seen: set[bytes] = set()
    for at, example in enumerate(examples):
        own = digest(example)
        if own not in seen:
            found[_part(own)].append(at)
            seen.add(own)
    return found, len(examples) - len(seen)


def _part(own: bytes) -> str:
    share = int.from_bytes(own[:8], "big") / _SPACE
    calibration, development, _ = SPLIT.values()
    if share < calibration:
        return "calibration"
    return "development" if share < calibration + development else "gate"


def check_enough(places: Mapping[str, Sequence[int]], data: Path) -> None:
    """Raise UsageError where development or the gate has too few examples to judge by."""
    said = ", ".join(f"{len(found):,} to {part}" for part, found in places.items())
    if min(len(places[part]) for part in ("development", "gate")) < LEAST:
        raise UsageError(
            f"too few examples: {said} by the digests of the inputs",
            where=str(data),
            advice=f"The last two take {LEAST} each: about {int(LEAST * 4)} different inputs in all, better 500.",
        )
