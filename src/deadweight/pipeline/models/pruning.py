"""A file is pruned: written, weighed as it lies and as zstd packs it, and asked what a task's development data say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from deadweight.codecs.zstd import CODEC as ZSTD
from deadweight.core.progress import SILENT, Progress
from deadweight.core.steps import Pruned
from deadweight.core.tensor import Checkpoint
from deadweight.judging.task import Program
from deadweight.models.reading import read
from deadweight.pipeline.models.developing import developed
from deadweight.squeezing.steps.pruning import Cut, Pruning
from deadweight.squeezing.steps.pruning_files import prune_file

_PIECE = 1 << 20


def prune(file: Path, out: Path, cut: Cut, progress: Progress = SILENT) -> Pruned:
    """Write `out`, the file with its smallest weights at zero; raises as `prune_file` does."""
    return _told(file, out, cut, prune_file(file, out, cut, progress), progress)


def _told(file: Path, out: Path, cut: Cut, work: Pruning, progress: Progress) -> Pruned:
    before, after = read(file), read(out)
    progress.start("packing", before.size + after.size)
    packed = [_packed(one, progress) for one in (before, after)]
    progress.finish()
    tensors = tuple(sorted(work.zeroed.values(), key=lambda one: -one.elements))
    left = tuple(one.name for one in before.tensors if one.name not in work.zeroed)
    form = (str(file), str(out), cut.amount, str(cut.scope))
    return Pruned(*form, before.size, after.size, packed[0], packed[1], tensors, left)


def asked(done: Pruned, program: Program, progress: Progress = SILENT) -> Pruned:
    """The same with the word of the development data on it."""
    return replace(done, judged=developed(program, Path(done.file), Path(done.out), progress))


class _Count:
    """Takes bytes and keeps their number."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, body: bytes) -> int:
        self.size += len(body)
        return len(body)

    def flush(self) -> None:
        """There is nothing to do."""


def _packed(checkpoint: Checkpoint, progress: Progress) -> int:
    """Bytes of the checkpoint's files under zstd."""
    whole = 0
    for name in checkpoint.files:
        count = _Count()
        path = Path(checkpoint.location).parent / name
        with path.open("rb") as file, ZSTD.writer(cast(BinaryIO, count), ZSTD.level) as packing:
            while piece := file.read(_PIECE):
                packing.write(piece)
                progress.advance(len(piece))
        whole += count.size
    return whole
