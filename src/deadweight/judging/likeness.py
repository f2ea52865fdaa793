"""How near two models' answers are, where no label says what is right: by the shape of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deadweight.judging.array import Array

Scores = NDArray[np.float64]
_SUM_NEAR = 1e-3
_WIDTHS = 64
"""Widths of embeddings are multiples of this, numbers of classes seldom are."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A measure from 0 to 1 by example, and why it was taken."""

    name: str
    score: Callable[[Array, Array, float], Scores]
    why: str = ""


def scale_of(right: Array) -> float:
    """The root mean square length of the original's answers, 1 where they are no numbers."""
    if right.dtype.kind not in "fc":
        return 1.0
    return float(np.sqrt((_flat(right).astype(np.float64) ** 2).sum(axis=1).mean())) or 1.0


def agreement(right: Array, rows: Array, _: float = 1.0) -> Scores:
    """1 where the greatest value stands in the same place, or the same label is given."""
    if right.ndim > 1:
        right, rows = (_flat(one).argmax(axis=1) for one in (right, rows))
    return np.asarray(right == rows).astype(np.float64)


def cosine(right: Array, rows: Array, _: float = 1.0) -> Scores:
    """The cosine of both answers, 0 for what points the other way."""
    first, second = (_flat(one).astype(np.float64) for one in (right, rows))
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    inner = (first * second).sum(axis=1)
    same = (first == second).all(axis=1)
    return np.where(same, 1.0, np.clip(inner / np.where(lengths > 0, lengths, np.inf), 0.0, 1.0))


def closeness(right: Array, rows: Array, scale: float = 1.0) -> Scores:
    """1 less the distance of both in units of `scale`, 0 from one unit on."""
    first, second = (_flat(one).astype(np.float64) for one in (right, rows))
    return np.asarray(np.clip(1.0 - np.linalg.norm(first - second, axis=1) / scale, 0.0, 1.0))


KNOWN: Mapping[str, Callable[[Array, Array, float], Scores]] = {
    one.__name__: one for one in (agreement, cosine, closeness)
}


def likeness_of(rows: Array) -> Likeness:
    """The measure that suits the answers, with the reason."""
    name, why = _choice(rows)
    return Likeness(name, KNOWN[name], why)


def _choice(rows: Array) -> tuple[str, str]:
    if rows.dtype.kind not in "fc":
        return "agreement", "the answers are labels"
    width = _flat(rows).shape[1]
    if width == 1:
        return "closeness", "the answers are single numbers"
    if rows.ndim > 2:
        return "closeness", f"the answers have the shape {'x'.join(map(str, rows.shape[1:]))}"
    return _of_vectors(rows.astype(np.float64), width)


def _of_vectors(rows: NDArray[Any], width: int) -> tuple[str, str]:
    if bool((rows >= 0).all()) and bool((np.abs(rows.sum(axis=1) - 1) < _SUM_NEAR).all()):
        return "agreement", f"the answers are probabilities of {width} classes"
    if bool((np.abs(np.linalg.norm(rows, axis=1) - 1) < _SUM_NEAR).all()):
        return "cosine", "the answers are vectors of length 1"
    if width % _WIDTHS == 0:
        return "cosine", f"the answers are {width} wide, as embeddings are"
    return "agreement", f"the answers are taken for scores of {width} classes"


def _flat(rows: Array) -> Array:
    return rows.reshape(len(rows), -1)
