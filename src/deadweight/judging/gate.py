"""Whether a smaller model is as good: a paired bootstrap of the ratio of its metric to the original's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deadweight.core.errors import UsageError
from deadweight.core.squeeze_report import Judged
from deadweight.judging.array import Array
from deadweight.judging.faults import failing
from deadweight.judging.scores import drawn, scores
from deadweight.judging.task import Program, Task

RESAMPLES = 1000
CONFIDENCE = 0.95
_SEED = 20260101
_UNSEEN = 3.0
_AT_ONCE = 1 << 22
"""Weights that are drawn at a time."""


@dataclass(frozen=True, slots=True)
class Standard:
    """What the original says to one part of a task: a candidate is held against it, each on the same draws.

    `was` is the original's metric. `scores` are its scores example by example where the metric is their mean, else
    None; then `drawn` is its metric by draw, asked once for all candidates.
    """

    task: Task
    labels: Sequence[Any]
    before: Array
    was: float
    scores: NDArray[np.float64] | None
    resamples: int = RESAMPLES
    drawn: list[float] = field(default_factory=list)

    def judged(self, after: Array) -> Judged:
        """What the candidate keeps, 95 % sure. Rows that are not finite keep nothing.

        Where the metric is a mean of scores, examples are weighed as the Bayesian bootstrap does (Rubin 1981), one
        example more on which all is lost: for right and wrong answers that is the bound of Clopper and Pearson (1934),
        where the plain bootstrap lets a model through four times as often as it says (measured: 60 examples, one
        lost). Other metrics are asked on draws with replacement, the same for both models (Efron and Tibshirani, An
        Introduction to the Bootstrap, 13); a draw in which the original's metric is not above 0 counts as nothing
        kept. What no example showed may still be: the bound is never above 1 - 3/n for n examples (the rule of three,
        Hanley and Lippman-Hand 1983).
        """
        count = len(self.labels)
        if after.dtype.kind in "fc" and not bool(np.isfinite(after).all()):
            return Judged(self.task.name, self.was, 0.0, 0.0, count)
        now = _metric(self.task, _answers(self.task, after), self.labels)
        if _same(self.before, after):
            return Judged(self.task.name, self.was, now, 1.0, count)
        lower = float(np.quantile(self.ratios(after, lost=1), 1 - CONFIDENCE))
        return Judged(self.task.name, self.was, now, min(lower, 1 - _UNSEEN / count), count)

    def ratios(self, after: Array, lost: int = 0) -> NDArray[np.float64]:
        """The ratio by draw; `lost` examples are added on which all is lost, where the metric is a mean of scores."""
        answers = _answers(self.task, after)
        mine = self.scores
        its = None if mine is None else scores(self.task.metric, answers, self.labels)
        if mine is None or its is None:
            return self._drawn(answers)
        worst = np.full(lost, min(0.0, float(its.min())))
        return _weighed(np.append(mine, np.full(lost, mine.max())), np.append(its, worst), self.resamples)

    def _drawn(self, answers: Array) -> NDArray[np.float64]:
        draws = np.random.default_rng(_SEED).integers(0, len(self.labels), (self.resamples, len(self.labels)))
        if not self.drawn:
            own = _answers(self.task, self.before)
            self.drawn.extend(_metric(self.task, own, self.labels, draw) for draw in draws)
        now = [_metric(self.task, answers, self.labels, draw) for draw in draws]
        return np.array([one / was if was > 0 else 0.0 for one, was in zip(now, self.drawn, strict=True)])


def standard(task: Task, part: str, before: Array, resamples: int = RESAMPLES) -> Standard:
    """The original's word on the part; raises UsageError for rows that are no numbers, and a metric not above 0."""
    labels = task.parts[part][1]
    _check_finite(task, part, before)
    answers = _answers(task, before)
    was = _metric(task, answers, labels, strict=True)
    if not was > 0:
        raise UsageError(
            f"the original's metric is {was:.4g}: there is no share of it to keep",
            where=f"task {task.name!r}",
            advice="A metric is above 0 for a model that works, and higher is better.",
        )
    return Standard(task, labels, before, was, scores(task.metric, answers, labels), resamples)


def judged(task: Task, part: str, before: Array, after: Array, resamples: int = RESAMPLES) -> Judged:
    """The task's part by the rows of both models; see `Standard`, which asks the original once for many candidates."""
    return standard(task, part, before, resamples).judged(after)


def check_enough(program: Program, keep: float) -> None:
    """Raise UsageError where a gate has too few examples to show that share, were every one of them kept."""
    least = ceil(round(_UNSEEN / (1 - keep), 6)) if keep < 1 else 0
    few = [(task.name, len(task.parts["gate"][1])) for task in program.of("gate")]
    wrong = [f"the gate of task {name!r} has {count:,} examples" for name, count in few if count < least]
    if wrong:
        raise UsageError(
            f"{'; '.join(wrong)}: too few to show that {keep:.4g} is kept, even if all are",
            where="the task",
            advice=f"It takes {least:,}: 3/n of n examples may be lost unseen. Give more, or ask for less: --keep",
        )


def _same(before: Array, after: Array) -> bool:
    return before.shape == after.shape and bool((before == after).all())


def _check_finite(task: Task, part: str, rows: Array) -> None:
    if rows.dtype.kind not in "fc":
        return
    wrong = ~np.isfinite(rows.reshape(len(rows), -1)).all(axis=1)
    if bool(wrong.any()):
        raise UsageError(
            f"the original gives NaN or infinity for {int(wrong.sum()):,} of {len(rows):,} inputs of {part}",
            where=f"task {task.name!r}",
            advice=f"The first is number {int(wrong.argmax()) + 1:,}.",
        )


def _answers(task: Task, rows: Array) -> Array:
    found = rows if task.answers is None else np.asarray(task.answers(rows))
    if found.ndim == 0 or len(found) != len(rows):
        raise UsageError("answers gives one answer for each row", where=f"task {task.name!r}")
    return found


def _metric(
    task: Task, answers: Array, labels: Sequence[Any], draw: Array | None = None, *, strict: bool = False
) -> float:
    """The metric of all examples, or of a draw; what is no finite number is 0, and `strict` an error."""
    with failing("the metric", f"task {task.name!r}"), np.errstate(all="ignore"):
        found = float(task.metric(*((answers, labels) if draw is None else (answers[draw], drawn(labels, draw)))))
    if strict and not np.isfinite(found):
        raise UsageError(f"the metric is {found}", where=f"task {task.name!r}")
    return found if np.isfinite(found) else 0.0


def _weighed(before: NDArray[np.float64], after: NDArray[np.float64], resamples: int) -> NDArray[np.float64]:
    """The ratio of the weighed means, by draw of weights."""
    random = np.random.default_rng(_SEED)
    found: list[NDArray[np.float64]] = []
    at_once = max(1, _AT_ONCE // len(before))
    for start in range(0, resamples, at_once):
        weights = random.standard_exponential((min(at_once, resamples - start), len(before)))
        was, now = weights @ before, weights @ after
        found.append(np.where(was > 0, now / np.where(was > 0, was, 1.0), 0.0))
    return np.concatenate(found)
