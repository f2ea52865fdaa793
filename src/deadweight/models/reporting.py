"""Weighing model files: from paths to the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from deadweight.core.errors import Unknown
from deadweight.core.gap import Gap
from deadweight.core.model_report import ModelReport, Row, Weighed
from deadweight.core.progress import SILENT, Progress
from deadweight.core.tensor import Checkpoint
from deadweight.core.version import VERSION
from deadweight.models.accounts import account
from deadweight.models.reading import read, read_folder
from deadweight.models.weighing import Looking, findings


def opened(path: Path, progress: Progress = SILENT) -> Looking:
    """The checkpoints of a file or of a folder; raises Unknown where there is none, Corrupt and Hostile of a file.

    What cannot be read of a folder is a gap.
    """
    found = tuple(read_folder(path)) if path.is_dir() else (read(path),)
    checkpoints = tuple(one for one in found if isinstance(one, Checkpoint))
    gaps = [one for one in found if isinstance(one, Gap)]
    if not checkpoints and not gaps:
        raise Unknown("there is no model file in it", where=str(path), advice="Name a model file, or a folder of some.")
    return Looking(checkpoints, progress, gaps=gaps)


def weigh(path: Path, progress: Progress = SILENT) -> ModelReport:
    """What is in the model file, or in all of a folder, and what of it is dead weight."""
    looking = opened(path, progress)
    found = findings(looking)
    weighed = tuple(_weighed(checkpoint) for checkpoint in looking.checkpoints)
    gaps = [*looking.gaps, *(gap for checkpoint in looking.checkpoints for gap in checkpoint.gaps)]
    return ModelReport(VERSION, weighed, found, tuple(gaps))


def _weighed(checkpoint: Checkpoint) -> Weighed:
    rows = _rows(checkpoint)
    dtypes: dict[str, int] = defaultdict(int)
    for row in rows:
        dtypes[row.dtype] += 0 if row.shared else row.size
    return Weighed(
        location=checkpoint.location,
        format=checkpoint.format,
        files=checkpoint.files,
        account=account(checkpoint),
        dtypes=dict(sorted(dtypes.items(), key=lambda pair: -pair[1])),
        tensors=tuple(sorted(rows, key=lambda row: -row.size)),
        code=checkpoint.code,
        metadata=checkpoint.metadata,
    )


def _rows(checkpoint: Checkpoint) -> Sequence[Row]:
    first: dict[tuple[int, int, int], str] = {}
    rows = []
    for tensor in checkpoint.tensors:
        storage = checkpoint.storages[tensor.storage]
        offset = storage.offset + (0 if storage.packing else tensor.offset)
        key = (tensor.storage, tensor.offset, tensor.size)
        shared = first.get(key, "") if tensor.size else ""
        first.setdefault(key, tensor.name)
        form = (tensor.name, tensor.dtype, tensor.shape, tensor.size)
        rows.append(Row(*form, storage.file, offset, shared, storage.packing))
    return rows
