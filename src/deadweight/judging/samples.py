"""A model that runs by itself is judged by samples of real inputs: no task file, labels or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from deadweight.core.errors import UsageError
from deadweight.judging import labelled, likeness
from deadweight.judging.array import Array
from deadweight.judging.faults import failing
from deadweight.judging.sample_files import read_samples
from deadweight.judging.sample_split import Example, check_enough, fitting, split
from deadweight.judging.standalone import Standalone, standalone
from deadweight.judging.task import Program, Task

METRICS = (*likeness.KNOWN, *labelled.KNOWN)
_TOGETHER = 64
_LOOK = 16


@dataclass(frozen=True, slots=True)
class _Runs:
    """A model asked by example."""

    how: Standalone

    def predict(self, model: Any, examples: Sequence[Example]) -> Array:  # noqa: ANN401  a session, or torch's
        """The rows, in order; examples of one shape go together."""
        rows: dict[int, Array] = {}
        for places in _batches(examples, self.how.exact or _TOGETHER):
            filled = [*places, *[places[-1]] * (self.how.exact - len(places))]
            columns = [np.stack([examples[at][which] for at in filled]) for which in range(len(self.how.inputs))]
            with failing("running the model", f"inputs {', '.join(self.how.inputs)}"):
                found = self.how.run(model, columns)
            if found.ndim == 0 or len(found) != len(filled):
                raise UsageError(
                    f"the model gave {found.shape} for {len(filled)} inputs",
                    where="the samples",
                    advice="Its first output is to have a row for each input; else write a --task.",
                )
            rows.update(zip(places, found, strict=False))
        with failing("stacking what the model gave", "the samples"):
            return np.stack([rows[at] for at in range(len(examples))])


def program_of_samples(model: Path, data: Path, metric: str = "") -> Program:
    """The program that runs the model and judges it by the samples.

    Examples are split by the digest of the input, so that the same input is always in the same part: a fifth to
    calibrate, two fifths to search by, two fifths for the gate. With labels the metric is accuracy or correlation,
    without them how near the answers are to the original's; `metric` says which, else their shapes do. Raises
    UsageError for samples that do not fit the model, or are too few.
    """
    how = standalone(model)
    samples = fitting(read_samples(data), how.inputs, data)
    examples = list(zip(*samples.columns.values(), strict=True))
    places, doubles = split(examples)
    check_enough(places, data)
    runs = _Runs(how)
    few = runs.predict(how.open(model), examples[:_LOOK])
    judge = _judge(few, _Original(runs, examples), samples.labels, metric)
    notes = (judge.why, how.note, f"{doubles:,} equal inputs are counted once" if doubles else "")
    return Program(
        how.build,
        runs.predict,
        [examples[at] for at in places["calibration"]],
        (_task(judge, examples, places),),
        judge.prepare,
        how.open,
        tuple(filter(None, notes)),
    )


@dataclass(slots=True)
class _Judge:
    """The metric of rows and the numbers of their examples; `right` is by number, once the original was asked."""

    name: str
    why: str
    of: Callable[[Array, Sequence[int]], float]
    prepare: Callable[[Any], object] | None = None


def _judge(few: Array, original: _Original, labels: Sequence[Any] | None, metric: str) -> _Judge:
    if labels is not None and metric not in likeness.KNOWN:
        return _by_labels(few, labels, metric)
    if metric in labelled.KNOWN:
        raise UsageError(f"{metric} needs labels", where="--metric", advice="Put them beside the inputs: labels")
    found = likeness.likeness_of(few)
    name, why = (metric, "as was asked for") if metric else (found.name, found.why)
    original.score = likeness.KNOWN[name]
    said = f"the metric is {name} with the original: {why}"
    return _Judge(name, said, original.near, original.ask)


def _by_labels(few: Array, labels: Sequence[Any], metric: str) -> _Judge:
    found = labelled.metric_of(few, labels[:_LOOK]) if not metric else labelled.Metric(metric, labelled.KNOWN[metric])
    known = np.asarray(labels)
    of = found.of

    def right(rows: Array, places: Sequence[int]) -> float:
        return of(rows, known[np.asarray(places)])

    return _Judge(found.name, f"the metric is {found.name}: {found.why or 'as was asked for'}", right)


@dataclass(slots=True)
class _Original:
    """What the original answers, asked once."""

    runs: _Runs
    examples: Sequence[Example]
    score: Callable[[Array, Array, float], likeness.Scores] = likeness.agreement
    right: Array = field(default_factory=lambda: np.zeros(0))
    scale: float = 1.0

    def ask(self, original: Any) -> None:  # noqa: ANN401  a session, or torch's
        """Ask it all examples."""
        self.right = self.runs.predict(original, self.examples)
        self.scale = likeness.scale_of(self.right)

    def near(self, rows: Array, places: Sequence[int]) -> float:
        """How near the rows are."""
        return float(np.mean(self.score(self.right[np.asarray(places)], rows, self.scale)))


def _task(judge: _Judge, examples: Sequence[Example], places: Mapping[str, Sequence[int]]) -> Task:
    parts = {part: ([examples[at] for at in places[part]], np.array(places[part])) for part in ("development", "gate")}
    return Task(judge.name, {part: (inputs, list(numbers)) for part, (inputs, numbers) in parts.items()}, judge.of)


def _batches(examples: Sequence[Example], most: int) -> Iterator[list[int]]:
    """Places of examples of one shape, so many at a time."""
    by_shape: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for at, example in enumerate(examples):
        by_shape.setdefault(tuple(np.shape(one) for one in example), []).append(at)
    for places in by_shape.values():
        yield from (places[start : start + most] for start in range(0, len(places), most))
