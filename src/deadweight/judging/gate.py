"""Whether a smaller model is as good: a paired bootstrap of the ratio of its metric to the original's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from deadweight.core.errors import UsageError
from deadweight.core.squeeze_report import Judged
from deadweight.judging.array import Array
from deadweight.judging.task import Task

RESAMPLES = 1000
CONFIDENCE = 0.95
_SEED = 20260101
_UNSEEN = 3.0


def judged(task: Task, part: str, before: Array, after: Array, resamples: int = RESAMPLES) -> Judged:
    """The task's part by the rows of both models. Raises UsageError for a metric that is no number, or not above 0.

    Examples are drawn with replacement, the same for both models (Efron and Tibshirani, An Introduction to the
    Bootstrap, 13). A draw in which the original's metric is not above 0 counts as nothing kept. What no example showed
    may still be: the bound is never above 1 - 3/n for n examples (the rule of three, Hanley and Lippman-Hand 1983).
    """
    labels = task.parts[part][1]
    whole = np.arange(len(labels))
    was, now = (_metric(task, rows, labels, whole) for rows in (before, after))
    if not was > 0:
        raise UsageError(
            f"the original's metric is {was:.4g}: there is no share of it to keep",
            where=f"task {task.name!r}",
            advice="A metric is above 0 for a model that works, and higher is better.",
        )
    if before.shape == after.shape and bool((before == after).all()):
        return Judged(task.name, was, now, 1.0, len(labels))
    draws = np.random.default_rng(_SEED).integers(0, len(labels), (resamples, len(labels)))
    ratios = [_ratio(task, before, after, labels, draw) for draw in draws]
    lower = min(float(np.quantile(ratios, 1 - CONFIDENCE)), 1 - _UNSEEN / len(labels))
    return Judged(task.name, was, now, lower, len(labels))


def _ratio(task: Task, before: Array, after: Array, labels: Sequence[Any], draw: Array) -> float:
    was = _metric(task, before, labels, draw, strict=False)
    now = _metric(task, after, labels, draw, strict=False)
    return now / was if was > 0 and np.isfinite(now) else 0.0


def _metric(task: Task, rows: Array, labels: Sequence[Any], draw: Array, *, strict: bool = True) -> float:
    try:
        found = float(task.metric(rows[draw], [labels[int(at)] for at in draw]))
    except (TypeError, ValueError, ArithmeticError, LookupError) as fault:
        raise UsageError(f"the metric failed: {type(fault).__name__}: {fault}", where=f"task {task.name!r}") from fault
    if strict and not np.isfinite(found):
        raise UsageError(f"the metric is {found}", where=f"task {task.name!r}")
    return found if np.isfinite(found) else 0.0
