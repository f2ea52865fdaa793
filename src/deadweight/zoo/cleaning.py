"""Removes the blobs that no version needs, and what killed runs left half written; alone in the store meanwhile."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.zoo_report import Cleaned
from deadweight.zoo.layout import INCOMING, blob_path, check, stored
from deadweight.zoo.locking import alone
from deadweight.zoo.reach import needed

GRACE = 3600
"""Seconds: other programs that write into the layout take no lock of ours, and name their blobs last."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What may go: what is older than `grace` seconds before `now`; nothing really goes where it `is_trial`."""

    now: float
    grace: float = GRACE
    is_trial: bool = False


def clean(root: Path, trial: Trial) -> Cleaned:
    """Remove every blob that the index does not reach; raises Corrupt, and removes nothing, where that is not known."""
    check(root)
    with alone(root):
        wanted = needed(root)
        loose = [(digest, status) for digest, status in stored(root) if digest not in wanted]
        old = [(digest, status.st_size) for digest, status in loose if status.st_mtime <= trial.now - trial.grace]
        if not trial.is_trial:
            for digest, _ in old:
                blob_path(root, digest).unlink(missing_ok=True)
            _empty(root / INCOMING)
    size, whole = sum(size for _, size in old), sum(status.st_size for _, status in loose)
    return Cleaned(str(root), len(old), size, len(loose) - len(old), whole - size, trial.is_trial)


def _empty(folder: Path) -> None:
    """Nobody writes now: whatever waits here will never be finished."""
    if folder.is_dir():
        with os.scandir(folder) as found:
            for one in found:
                Path(one.path).unlink(missing_ok=True)
