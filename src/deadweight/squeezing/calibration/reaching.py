"""A program is run on its calibration inputs, and what comes to the weights of its model is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from deadweight.judging.task import Program
from deadweight.squeezing.calibration.graph_layers import calibrated_graph, is_graph
from deadweight.squeezing.calibration.moments import Calibration
from deadweight.squeezing.calibration.torch_layers import calibrated
from deadweight.squeezing.storing.files import Stored


def calibration_of(stored: Stored, program: Program, original: object, run: Callable[[], object]) -> Calibration:
    """What calibration told of the tensors; nothing of a model that is of neither torch nor onnxruntime.

    `run` has a model of torch asked the calibration inputs; a graph is run by itself.
    """
    if is_graph(original) and stored.path.suffix == ".onnx":
        return calibrated_graph(stored.path, program.calibration)
    return calibrated(original, stored.tensors, run)


def calibrate(program: Program, model: object) -> None:
    """Ask the model the calibration inputs, where there are any."""
    if len(program.calibration):
        program.rows(model, program.calibration)


def evenly(inputs: Sequence[Any], most: int) -> Sequence[Any]:
    """All inputs, or that many of them, evenly spread."""
    count = min(len(inputs), most)
    return [inputs[at * len(inputs) // count] for at in range(count)]
