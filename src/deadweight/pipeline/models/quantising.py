"""A file is quantised: a graph by onnxruntime, a checkpoint to codes; and a task's development data are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from deadweight.core.errors import UsageError
from deadweight.core.progress import SILENT, Progress
from deadweight.core.steps import Quantised
from deadweight.judging.array import Array
from deadweight.judging.onnx_models import opened
from deadweight.judging.task import Program
from deadweight.models.forms import ONNX_ENDING
from deadweight.models.reading import read
from deadweight.pipeline.models.developing import developed
from deadweight.squeezing.graphs.quantising import Bits, Feeds, Method, quantise_graph
from deadweight.squeezing.steps.weight_only import quantise_weights

MOST_FEEDS = 100
"""Calibration inputs that static quantisation looks at: more change the ranges little and take as long."""


def quantise(file: Path, out: Path, bits: Bits, program: Program | None, progress: Progress = SILENT) -> Quantised:
    """Write `out`, the file in fewer bits; raises UsageError for a method that the file has no graph for."""
    checkpoint = read(file)
    progress.start("quantising", 0, "tensors")
    if checkpoint.has_graph:
        feeds = _feeds(file, program) if bits.method is Method.STATIC else ()
        shrunk = quantise_graph(file, out, bits, feeds)
        count, left, size = shrunk.tensors, shrunk.left, shrunk.size
    else:
        _check_weights(file, bits)
        model = quantise_weights(file, out, bits.bits, bits.group)
        count, left, size = len(model.squeezed), tuple(model.plain), out.stat().st_size
    progress.finish()
    judged = () if program is None else developed(program, file, out, progress)
    return Quantised(str(file), str(out), bits.method, bits.bits, checkpoint.size, size, count, left, judged)


def _check_weights(file: Path, bits: Bits) -> None:
    if bits.method is not Method.WEIGHT_ONLY:
        raise UsageError(
            f"{bits.method} quantisation takes a graph, and it has none",
            where=str(file),
            advice=f"deadweight model convert {file.name} -o model{ONNX_ENDING} --task TASK.py makes one.",
        )


def _feeds(file: Path, program: Program | None) -> Feeds:
    """Calibration inputs as the graph takes them; raises UsageError where there are none."""
    if program is None or not len(program.calibration):
        raise UsageError(
            "static quantisation looks at real inputs", where=str(file), advice="Name some: --samples DATA, or --task."
        )
    names = [one.name for one in opened(file).get_inputs()]
    return list(_named(names, program))[:MOST_FEEDS]


def _named(names: list[str], program: Program) -> Iterator[Mapping[str, Array]]:
    for one in list(program.calibration)[:MOST_FEEDS]:
        given: Any = program.example([one]) if program.example is not None else _columns(one)
        columns = given if isinstance(given, Mapping) else dict(zip(names, _several(given), strict=False))
        if columns.keys() != set(names):
            raise UsageError(
                f"the graph takes {', '.join(names)}, and the example has {', '.join(map(str, columns))}",
                where="the task",
                advice="example(inputs) gives arrays by the names of the graph's inputs, or one for each in order.",
            )
        yield {name: np.asarray(column) for name, column in columns.items()}


def _columns(example: Any) -> list[Array]:  # noqa: ANN401  it is the user's own
    """Samples have an array for each input, of one example."""
    return [np.asarray(one)[None] for one in _several(example)]


def _several(given: Any) -> tuple[Any, ...]:  # noqa: ANN401  as above
    return tuple(given) if isinstance(given, tuple | list) else (given,)
