"""A model file is squeezed within its own format: whoever loads it finds the same names, shapes and inputs.

A graph of ONNX holds codes and is smaller as it stands. Files of tensors keep their dtype, which their program asks
for: their weights lie on a grid and end in zero bytes, and it is the layer or the archive around them that shrinks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from deadweight.core.errors import ProofFailed, UsageError
from deadweight.core.tensor import Checkpoint, Tensor
from deadweight.judging.array import Array
from deadweight.models import writing_safetensors, writing_torch
from deadweight.models.bodies import elements
from deadweight.models.reading import read
from deadweight.models.rewriting import is_rewritable
from deadweight.models.writing_safetensors import Body
from deadweight.squeezing.graphs.codes import graph_grids, write_graph
from deadweight.squeezing.steps.grids import Grid, is_fitting, on_grid
from deadweight.squeezing.storing.files import array_of


def can_squeeze(checkpoint: Checkpoint) -> bool:
    """Whether the file can be squeezed so: ONNX with its tensors inside, safetensors, torch without code or objects."""
    return len(checkpoint.files) == 1 and (checkpoint.format == "ONNX" or is_rewritable(checkpoint))


def grids_of(path: Path, share: float) -> dict[str, Grid]:
    """A grid for each weight that is worth one; raises UsageError where there is none."""
    checkpoint = read(path)
    if not can_squeeze(checkpoint):
        raise UsageError(f"a file of {checkpoint.format} is not squeezed within its own format", where=str(path))
    found = graph_grids(path, share) if checkpoint.format == "ONNX" else _grids(checkpoint, share)
    if not found:
        raise UsageError("it holds no weights in float32 of 4,096 elements and two axes", where=str(path))
    return found


def _grids(checkpoint: Checkpoint, share: float) -> dict[str, Grid]:
    found = {}
    for tensor in checkpoint.tensors:
        weights = array_of(checkpoint, tensor) if tensor.dtype == "float32" else np.zeros(0)
        grid = on_grid(weights, 0, share, binary=True) if is_fitting(weights) else None
        if grid is not None:
            found[tensor.name] = grid
    return found


def write_own(path: Path, out: Path, grids: Mapping[str, Grid]) -> None:
    """Write the file with these weights on their grids, all else as it was; read back and compared."""
    checkpoint = read(path)
    if checkpoint.format == "ONNX":
        write_graph(path, out, grids)
        return
    bodies, places = _bodies(checkpoint, grids)
    with out.open("xb") as stream:
        if checkpoint.format == "safetensors":
            writing_safetensors.write(stream, bodies, checkpoint.metadata)
        else:
            paths = {one.path: places[one.name] for one in checkpoint.tensors}
            writing_torch.write(stream, bodies, paths, checkpoint.values)
    _check(checkpoint, read(out), grids)


def _bodies(checkpoint: Checkpoint, grids: Mapping[str, Grid]) -> tuple[list[Body], dict[str, int]]:
    """What to write, tensors that are one and the same once, and the place of each by name."""
    bodies: list[Body] = []
    places: dict[str, int] = {}
    seen: dict[tuple[object, ...], int] = {}
    for one in checkpoint.tensors:
        same = (one.storage, one.offset, one.shape, one.strides, one.dtype)
        if same not in seen or not one.size:
            seen[same] = len(bodies)
            bodies.append(Body(one.name, one.dtype, one.shape, one.size, partial(_pieces, checkpoint, one, grids)))
        places[one.name] = seen[same]
    return bodies, places


def _pieces(checkpoint: Checkpoint, tensor: Tensor, grids: Mapping[str, Grid]) -> Iterator[bytes]:
    grid = grids.get(tensor.name)
    return elements(checkpoint, tensor) if grid is None else iter((_little(grid.weights()),))


def _little(weights: Array) -> bytes:
    return np.ascontiguousarray(weights.astype("<f4")).tobytes()


def _check(before: Checkpoint, after: Checkpoint, grids: Mapping[str, Grid]) -> None:
    written = {one.path: one for one in after.tensors}
    for tensor in before.tensors:
        made = written.get(tensor.path)
        wanted = b"".join(_pieces(before, tensor, grids))
        same = made is not None and (made.dtype, made.shape) == (tensor.dtype, tensor.shape)
        if made is None or not same or b"".join(elements(after, made)) != wanted:
            raise ProofFailed(f"{tensor.name!r} does not read back as it was written", where=after.location)
