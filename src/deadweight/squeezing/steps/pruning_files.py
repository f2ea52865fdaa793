"""A model file with its smallest weights at zero, of the form that the new name says; a graph stays a graph."""

from __future__ import annotations

import os
from pathlib import Path

from blake3 import blake3

from deadweight.core.errors import Corrupt
from deadweight.core.progress import SILENT, Progress
from deadweight.core.tensor import Checkpoint
from deadweight.models import onnx_files
from deadweight.models.bodies import elements
from deadweight.models.converting import Wanted, convert
from deadweight.models.forms import form_of
from deadweight.models.reading import read
from deadweight.squeezing.steps.pruning import Cut, Pruning, pruning


def prune_file(path: Path, out: Path, cut: Cut, progress: Progress = SILENT) -> Pruning:
    """Write the pruned file, whole and compared or not at all; raises as `convert` and `pruning` do."""
    form = form_of(out)
    work = pruning(read(path), cut)
    if form is not None:
        convert(path, out, Wanted(form, change=work.pieces), progress)
        return work
    source, model = onnx_files.graph_of(path)
    for tensor in onnx_files.tensors(model.graph):
        onnx_files.loaded(tensor, path.parent)
    onnx_files.write(model, out, source, lambda made: _rewrite(made, work))
    return work


def _rewrite(made: Checkpoint, work: Pruning) -> None:
    """Put the new bytes where the old ones lie, and read them back."""
    for tensor in made.tensors:
        storage = made.storages[tensor.storage]
        if tensor.name not in work.sieves or storage.packing:
            continue
        hasher, at = blake3(), storage.offset + tensor.offset
        descriptor = os.open(Path(made.location).parent / storage.file, os.O_RDWR | os.O_CLOEXEC)
        try:
            for piece in work.pieces(tensor, elements(made, tensor)):
                hasher.update(piece)
                at += os.pwrite(descriptor, piece, at)
        finally:
            os.close(descriptor)
        back = blake3()
        for piece in elements(made, tensor):
            back.update(piece)
        if back.digest() != hasher.digest():
            raise Corrupt(f"{tensor.name!r} has other bytes than were written", where=made.location)
