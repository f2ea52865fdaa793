"""Metrics of answers against labels: chosen by the shapes of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from deadweight.core.errors import UsageError
from deadweight.judging.array import Array


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of answers and labels, higher being better, and why it was taken."""

    name: str
    of: Callable[[Array, Sequence[Any]], float]
    why: str = ""


def accuracy(rows: Array, labels: Sequence[Any]) -> float:
    """The share of right answers: the place of the greatest value, the label itself, or which side of the middle."""
    return float(np.mean(_said(rows) == np.asarray(labels)))


def correlation(rows: Array, labels: Sequence[Any]) -> float:
    """Pearson's correlation."""
    return float(np.corrcoef(rows.reshape(len(rows)).astype(np.float64), np.asarray(labels, dtype=np.float64))[0, 1])


KNOWN: Mapping[str, Callable[[Array, Sequence[Any]], float]] = {one.__name__: one for one in (accuracy, correlation)}


def metric_of(rows: Array, labels: Sequence[Any]) -> Metric:
    """The metric that suits answers and labels, with the reason; raises UsageError where none does."""
    kind = np.asarray(labels).dtype.kind
    width = rows[0].size
    if kind in "iub" and (width > 1 or rows.dtype.kind != "f" or set(np.asarray(labels).tolist()) <= {0, 1}):
        return Metric("accuracy", accuracy, f"the labels are whole numbers, the answers {_shape(rows, width)}")
    if kind in "iuf" and width == 1:
        return Metric("correlation", correlation, "the labels and the answers are numbers")
    raise UsageError(
        f"labels of {np.asarray(labels).dtype} do not go with answers of {_shape(rows, width)}",
        where="the samples",
        advice="Write a --task, whose metric says what is right.",
    )


def _shape(rows: Array, width: int) -> str:
    return "labels" if rows.dtype.kind != "f" else f"{width} wide" if width > 1 else "single numbers"


def _said(rows: Array) -> Array:
    """The label that each row says."""
    flat = rows.reshape(len(rows), -1)
    if flat.shape[1] > 1:
        return np.asarray(flat.argmax(axis=1))
    if flat.dtype.kind != "f":
        return flat[:, 0]
    one = flat[:, 0].astype(np.float64)
    is_probability = bool(((one >= 0) & (one <= 1)).all())
    return (one > (0.5 if is_probability else 0.0)).astype(np.int64)
