"""Whether a model answers the same when it is asked twice: else no difference says anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from deadweight.core.errors import UsageError
from deadweight.judging.array import Array
from deadweight.judging.task import Program

FEW = 8
"""Inputs of each task that are asked twice."""


def check_steady(program: Program, model: Any, part: str = "development") -> None:  # noqa: ANN401  the user's own
    """Raise UsageError where the model answers differently the second time: for which tasks, and by how much."""
    wrong = [f"task {task!r}: {said}" for task, said in _differences(program, model, part)]
    if wrong:
        raise UsageError(
            f"the original answers differently when it is asked twice: {'; '.join(wrong)}",
            where="the task",
            advice="Seed what is random, and put the model in evaluation mode.",
        )


def _differences(program: Program, model: Any, part: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401  as above
    for task in program.of(part):
        few = task.parts[part][0][:FEW]
        first, second = (program.rows(model, few) for _ in range(2))
        said = difference(first, second)
        if said:
            yield task.name, said


def difference(first: Array, second: Array) -> str:
    """By how much two answers to the same differ, empty where they do not; NaN in the same place is no difference."""
    if first.shape != second.shape:
        return f"answers of {_shape(first)}, then of {_shape(second)}"
    are_numbers = first.dtype.kind in "iufc" and second.dtype.kind in "iufc"
    if np.array_equal(first, second, equal_nan=are_numbers):
        return ""
    rows = int((_flat(first) != _flat(second)).any(axis=1).sum())
    most = f", by up to {_most(first, second):.3g}" if are_numbers else ""
    return f"{rows} of {len(first)} answers differ{most}"


def _most(first: Array, second: Array) -> float:
    apart = np.abs(first.astype(np.complex128) - second.astype(np.complex128))
    return float(np.nanmax(apart))


def _flat(rows: Array) -> Array:
    return rows.reshape(len(rows), -1)


def _shape(rows: Array) -> str:
    return "x".join(map(str, rows.shape))
