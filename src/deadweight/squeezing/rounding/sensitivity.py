"""How much coarser or finer each tensor is rounded than the others: by what rounding it alone costs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from deadweight.core.progress import SILENT, Progress
from deadweight.judging.array import Array
from deadweight.judging.task import Program
from deadweight.squeezing.method import Choice, Kind
from deadweight.squeezing.squeezing import Weights, corrected, squeezed_tensor
from deadweight.squeezing.storing.decoding import weights as decoded

INPUTS = 12
FINEST, COARSEST = 0.6, 1.6
_NOTHING = 1e-9


def shares(weights: Weights, program: Program, choice: Choice, progress: Progress = SILENT) -> dict[str, float]:
    """A factor for the step of each layer, the geometric mean of those that are felt 1, from a few calibration inputs.

    Of all ways to spend the same bits the error is least where each weight's last bit costs the same: where the step
    goes with the square root of the elements over the error (reverse water-filling, Cover and Thomas, 10.3.3).
    """
    layers = [name for name, kind in weights.kinds.items() if kind not in (Kind.TABLE, Kind.DEPTHWISE)]
    inputs = program.calibration[:: max(1, len(program.calibration) // INPUTS)][:INPUTS]
    if len(inputs) < 2 or len(layers) < 2:
        return {}
    right = program.rows(program.build(weights.tensors), inputs)
    if right.dtype.kind != "f":
        return {}
    progress.start("weighing layers", len(layers), "layers")
    wanted = {}
    for name in layers:
        rows = program.rows(program.build(_with_one(weights, name, choice)), inputs)
        wanted[name] = _wanted(right, rows, weights.tensors[name].size)
        progress.advance(1)
    progress.finish()
    felt = [one for one in wanted.values() if np.isfinite(one)]
    middle = float(np.exp(np.mean(np.log(felt)))) if felt else 1.0
    return {name: float(np.clip(one / middle, FINEST, COARSEST)) for name, one in wanted.items()}


def _with_one(weights: Weights, name: str, choice: Choice) -> Mapping[str, Array]:
    """The weights with one tensor rounded, as it would be in the model: with feedback, and what its bias gives back."""
    rounded = squeezed_tensor(weights, name, choice)
    return {**weights.tensors, **corrected(weights, {name: rounded}), name: decoded(rounded)}


def _wanted(right: Array, rows: Array, elements: int) -> float:
    """Infinity for a layer that nothing of comes out: it says nothing of the others."""
    error = float(np.mean((right.astype(np.float64) - rows.astype(np.float64)) ** 2))
    scale = float(np.mean(right.astype(np.float64) ** 2)) or 1.0
    return float(np.sqrt(elements * scale / error)) if error > _NOTHING * scale else float("inf")
