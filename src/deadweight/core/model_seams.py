"""The seams of models: what a reader of model files is, and what a kind of dead weight is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.tensor import Checkpoint, TensorFinding, Weighing


@dataclass(frozen=True, slots=True)
class ModelReader:
    """One format of model files.

    `rank` orders recognition, lowest first. `recognise` takes the path and its first 64 bytes; it never looks at the
    name where the content decides. `read` walks headers only and runs nothing; it raises Corrupt or Hostile where the
    file disagrees with itself, and what it cannot tell is a gap of the checkpoint.
    """

    name: str
    summary: str
    rank: int
    recognise: Callable[[Path, bytes], bool]
    read: Callable[[Path], Checkpoint]


@dataclass(frozen=True, slots=True)
class ModelRule:
    """One kind of dead weight in checkpoints that are weighed together."""

    name: str
    summary: str
    find: Callable[[Weighing], Iterable[TensorFinding]]
