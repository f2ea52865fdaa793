"""Whether a metric is the mean of a score for each example, and what the scores are: found out by asking it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deadweight.judging.array import Array

_SEED = 7
_TRIALS = 4
_FEW = 16
_NEAR = 1e-9


def drawn(labels: Sequence[Any], draw: Array) -> Any:  # noqa: ANN401  it is the user's own
    """The labels of a draw, an array where they are one."""
    return labels[draw] if isinstance(labels, np.ndarray) else [labels[int(at)] for at in draw]


def scores(metric: Callable[[Any, Any], float], answers: Array, labels: Sequence[Any]) -> NDArray[np.float64] | None:
    """The score of each example, where the metric of any draw is the mean of its scores; None where it is not.

    That holds for accuracy, agreement and mean errors, not for correlations. A thousand draws then cost one product
    of matrices instead of a thousand calls.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return _scores(metric, answers, labels)
        except Exception:  # noqa: BLE001  a metric that one example alone breaks is no mean
            return None


def _scores(metric: Callable[[Any, Any], float], answers: Array, labels: Sequence[Any]) -> NDArray[np.float64] | None:
    def of(draw: Array) -> float:
        return float(metric(answers[draw], drawn(labels, draw)))

    few, count = min(_FEW, len(labels)), len(labels)
    found = [of(np.array([at])) for at in range(few)]
    if not _is_mean(of, found):
        return None
    found += [of(np.array([at])) for at in range(few, count)]
    return np.array(found) if _is_mean(of, found) else None


def _is_mean(of: Callable[[Array], float], found: Sequence[float]) -> bool:
    """Whether the metric of all these, and of some draws of them, is the mean of their scores."""
    values, count = np.array(found), len(found)
    draws = [np.arange(count), *np.random.default_rng(_SEED).integers(0, count, (_TRIALS, count))]
    return bool(np.isfinite(values).all()) and all(
        abs(of(draw) - values[draw].mean()) <= _NEAR * max(1.0, float(np.abs(values).max())) for draw in draws
    )
