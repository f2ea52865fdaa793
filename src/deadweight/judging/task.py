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
    build_file(path) -> model             optional: of a file in a form of its own, such as an ONNX with int8 inside
    example(inputs) -> arrays             optional: what the model itself is called with, to make a graph of it
    forward(model, inputs) -> tensor      optional: rows of torch that gradients flow through, to fine-tune the model,
                                          and to round it by what matters

and is run as it is: it is the user's own program. A task may have `"answers": g` too: g(rows) gives what the metric
looks at, one for each row, such as a probe's word; it is asked once for a model, the metric a thousand times.
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
from deadweight.judging.faults import asked, failing
from deadweight.judging.unseen import check_unseen

LEAST = 30
"""Examples below which a bootstrap says nothing."""
_PARTS = ("development", "gate")
_DOCUMENTED = "What it is to define: docs/models.md"


@dataclass(frozen=True, slots=True)
class Task:
    """One task: inputs and labels of each part, and the metric of rows and labels, higher being better.

    `answers` gives what the metric looks at, one for each row; without it that is the rows.
    """

    name: str
    parts: Mapping[str, tuple[Sequence[Any], Sequence[Any]]]
    metric: Callable[[Any, Sequence[Any]], float]
    answers: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """A model as it is run: built of weights or of a file in a form of its own, asked for rows.

    `notes` say what was taken for granted that the user did not state.
    """

    build: Callable[[Mapping[str, Array]], Any]
    predict: Callable[[Any, Sequence[Any]], Any]
    calibration: Sequence[Any]
    tasks: tuple[Task, ...]
    prepare: Callable[[Any], object] | None = None
    build_file: Callable[[Path], Any] | None = None
    notes: tuple[str, ...] = ()
    example: Callable[[Sequence[Any]], Any] | None = None
    forward: Callable[[Any, Sequence[Any]], Any] | None = None

    def of(self, part: str) -> tuple[Task, ...]:
        """The tasks that have the part."""
        return tuple(task for task in self.tasks if part in task.parts)

    def rows(self, model: Any, inputs: Sequence[Any]) -> Array:  # noqa: ANN401  it is the user's own
        """What the model gives; raises UsageError where it is not one row for each input."""
        given = self.predict(model, inputs)
        with failing("making an array of what predict gave", "the task"):
            found = np.asarray(given)
        if found.ndim == 0 or len(found) != len(inputs):
            raise UsageError(
                f"predict gave {len(found) if found.ndim else 'one thing'} for {len(inputs)} inputs",
                where="the task",
                advice="It gives one row for each input, in their order.",
            )
        return found


def program_of(path: Path) -> Program:
    """The program that the file states; raises UsageError with all that is wrong with it."""
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path), advice=_DOCUMENTED)
    with failing("the task", path):
        stated = runpy.run_path(str(path), run_name="deadweight_task")
    wrong = [f"it defines no {name}()" for name in ("build", "predict", "tasks") if not callable(stated.get(name))]
    if wrong:
        raise UsageError("; ".join(wrong), where=str(path), advice=_DOCUMENTED)
    called = {name: _called(stated, name, path) for name in ("build", "predict", "tasks", "calibration")}
    tasks = _tasks(path, called["tasks"]())
    inputs = called["calibration"]() if callable(stated.get("calibration")) else ()
    _check_parts(path, tasks, inputs)
    return Program(
        called["build"],
        called["predict"],
        inputs,
        tasks,
        _prepare(stated.get("prepare"), path),
        _optional(stated, "build_file", path),
        example=_optional(stated, "example", path),
        forward=_optional(stated, "forward", path),
    )


def _called(stated: Mapping[str, Any], name: str, path: Path) -> Callable[..., Any]:
    return asked(f"{name}()", stated.get(name, lambda: None), path)


def _optional(stated: Mapping[str, Any], name: str, path: Path) -> Callable[..., Any] | None:
    return _called(stated, name, path) if callable(stated.get(name)) else None


def _prepare(call: Callable[[Any], object] | None, path: Path) -> Callable[[Any], object] | None:
    """It need not give anything."""
    return asked("prepare()", lambda model: (call(model), True), path) if callable(call) else None


def _tasks(path: Path, said: object) -> tuple[Task, ...]:
    if not isinstance(said, Mapping) or not said:
        raise UsageError(
            f"tasks() gave {'no task' if isinstance(said, Mapping) else type(said).__name__}",
            where=str(path),
            advice='It gives {name: {"development": (inputs, labels), "gate": (inputs, labels), "metric": f}}.',
        )
    told = {name: "; ".join(_wrong(about)) for name, about in said.items()}
    wrong = [f"task {name!r}: {one}" for name, one in told.items() if one]
    if wrong:
        raise UsageError("; ".join(wrong), where=str(path), advice=_DOCUMENTED)
    return tuple(_task(path, str(name), about) for name, about in said.items())


def _task(path: Path, name: str, about: Mapping[str, Any]) -> Task:
    parts = {part: (about[part][0], about[part][1]) for part in _PARTS if part in about}
    metric = asked(f"the metric of task {name!r}", about["metric"], path)
    answers = asked(f"answers of task {name!r}", about["answers"], path) if "answers" in about else None
    return Task(name, parts, metric, answers)


def _wrong(about: object) -> list[str]:
    """All that is wrong with a task."""
    if not isinstance(about, Mapping):
        return [f"it is {type(about).__name__}, not what a dictionary says"]
    wrong = [f"it has no {name!r}" for name in ("gate", "metric") if name not in about]
    wrong += [f"its {name!r} cannot be called" for name in ("metric", "answers") if not callable(about.get(name, len))]
    return wrong + [said for part in _PARTS if part in about for said in _wrong_part(part, about[part])]


def _wrong_part(part: str, pair: Any) -> list[str]:  # noqa: ANN401  it is the user's own
    try:
        inputs, labels = pair
        counts = len(inputs), len(labels)
    except (TypeError, ValueError):
        return [f"{part!r} is not (inputs, labels), two sequences"]
    wrong = []
    if counts[0] != counts[1]:
        wrong.append(f"{part!r} has {counts[0]:,} inputs and {counts[1]:,} labels")
    if min(counts) < LEAST:
        wrong.append(f"{part!r} has {min(counts):,} examples: {LEAST} at least")
    return wrong


def _check_parts(path: Path, tasks: Sequence[Task], calibration: Sequence[Any]) -> None:
    """Raise UsageError where there is nothing to search by, or the gate is not unseen."""
    if not any("development" in task.parts for task in tasks):
        raise UsageError(
            "no task has a development part", where=str(path), advice="Without one there is nothing to search by."
        )
    seen = {"calibration": calibration}
    seen |= {
        f"development of {task.name!r}": task.parts["development"][0] for task in tasks if "development" in task.parts
    }
    with failing("comparing inputs", str(path)):
        check_unseen({task.name: task.parts["gate"][0] for task in tasks}, seen, path)
