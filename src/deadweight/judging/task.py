"""What a model is judged by: tasks that a small Python file of the user states.

The file defines

    build(weights) -> model               of weights by name (numpy); called anew for each candidate
    predict(model, inputs) -> rows        one row, number or label for each input, in order
    tasks() -> {name: {"development": (inputs, labels), "gate": (inputs, labels), "metric": f}}
                                          f(rows, labels) -> float, higher is better; both parts are sequences; the
                                          search looks at development, the gate's part is touched once, at the end;
                                          a task without development is the gate's alone
    calibration() -> inputs               what the rounding looks at; no label, and nothing of the gate
    prepare(model)                        optional: once, with the original, such as to fit a probe on what it gives

and is run as it is: it is the user's own program.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from deadweight.core.errors import UsageError
from deadweight.judging.array import Array

LEAST = 30
"""Examples below which a bootstrap says nothing."""
_PARTS = ("development", "gate")


@dataclass(frozen=True, slots=True)
class Task:
    """One task: inputs and labels of each part, and the metric of rows and labels, higher being better."""

    name: str
    parts: Mapping[str, tuple[Sequence[Any], Sequence[Any]]]
    metric: Callable[[Any, Sequence[Any]], float]


@dataclass(frozen=True, slots=True)
class Program:
    """A model as it is run: built of weights, asked for rows."""

    build: Callable[[Mapping[str, Array]], Any]
    predict: Callable[[Any, Sequence[Any]], Any]
    calibration: Sequence[Any]
    tasks: tuple[Task, ...]
    prepare: Callable[[Any], object] | None = None

    def of(self, part: str) -> tuple[Task, ...]:
        """The tasks that have the part."""
        return tuple(task for task in self.tasks if part in task.parts)

    def rows(self, model: Any, inputs: Sequence[Any]) -> Array:  # noqa: ANN401  it is the user's own
        """What the model gives; raises UsageError where it is not one row for each input."""
        found = np.asarray(self.predict(model, inputs))
        if found.ndim == 0 or len(found) != len(inputs):
            raise UsageError(
                f"predict gave {len(found) if found.ndim else 'one thing'} for {len(inputs)} inputs",
                where="the task",
                advice="It gives one row for each input, in their order.",
            )
        return found


def program_of(path: Path) -> Program:
    """The program that the file states; raises UsageError with all that is wrong with it."""
    try:
        stated = runpy.run_path(str(path), run_name="deadweight_task")
        wrong = [f"it defines no {name}()" for name in ("build", "predict", "tasks") if not callable(stated.get(name))]
        if wrong:
            raise UsageError("; ".join(wrong), where=str(path), advice="What it is to define: docs/models.md")
        tasks = tuple(_task(path, name, about) for name, about in stated["tasks"]().items())
        inputs = stated["calibration"]() if callable(stated.get("calibration")) else ()
    except UsageError:
        raise
    except Exception as fault:  # the user's program may fail in any way
        raise UsageError(f"the task failed: {type(fault).__name__}: {fault}", where=str(path)) from fault
    if not any("development" in task.parts for task in tasks):
        raise UsageError(
            "no task has a development part", where=str(path), advice="Without one there is nothing to search by."
        )
    return Program(stated["build"], stated["predict"], inputs, tasks, stated.get("prepare"))


def _task(path: Path, name: str, about: Mapping[str, Any]) -> Task:
    parts = {part: about[part] for part in _PARTS if part in about}
    wrong = [f"it has no {part!r}" for part in ("gate", "metric") if part not in about]
    if not wrong:
        wrong = [
            f"{part!r} has {len(about[part][0])} inputs and {len(about[part][1])} labels: as many, and {LEAST} at least"
            for part in parts
            if len(about[part][0]) != len(about[part][1]) or len(about[part][0]) < LEAST
        ]
    if wrong:
        raise UsageError("; ".join(wrong), where=f"{path}, task {name!r}")
    return Task(name, {part: (pair[0], pair[1]) for part, pair in parts.items()}, about["metric"])
