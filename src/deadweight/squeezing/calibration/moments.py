"""What calibration told of the tensors of a model: by layer the moments of its inputs, by table its look-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deadweight.squeezing.rounding.codes import Reals
from deadweight.squeezing.rounding.coupling import Coupling
from deadweight.squeezing.rounding.feedback import STRETCH, WIDEST

Rows: TypeAlias = NDArray[np.floating[Any]]


@dataclass(slots=True)
class Inputs:
    """The inputs of a layer: the sum of their outer products, (columns, columns) or by stretch, their sum, how many.

    `biases` are the tensors that are added to what the layer makes of them. `is_turned` says that inputs go along the
    first axis of the weights, and not along all others.
    """

    products: Reals = field(default_factory=lambda: np.zeros((0, 0)))
    total: Reals = field(default_factory=lambda: np.zeros(0))
    count: int = 0
    biases: set[str] = field(default_factory=set)
    is_turned: bool = False
    known: Coupling | None = field(default=None, repr=False)

    def add(self, rows: Rows) -> None:
        """Add inputs (inputs, columns); those that are not finite are passed over."""
        kept = rows[np.isfinite(rows).all(axis=1)]
        if not len(kept):
            return
        self.known = None
        products = _products(kept)
        self.products = self.products + products if self.count else products
        self.total = self.total + kept.sum(axis=0) if self.count else kept.sum(axis=0)
        self.count += len(kept)

    @property
    def bias(self) -> str | None:
        """The one tensor that can make good what rounding does to the mean of the outputs."""
        return next(iter(self.biases)) if len(self.biases) == 1 else None

    @property
    def moments(self) -> Reals:
        """The products; around the mean where a bias makes that good (the least over all biases of the error)."""
        if self.bias is None:
            return self.products
        mean = self.total.reshape(1, -1)
        return self.products - _products(mean) / self.count

    @property
    def coupling(self) -> Coupling:
        """How they go together; one for all that ask, so that its factors are worked out once."""
        if self.known is None:
            self.known = Coupling(self.moments)
        return self.known


def _products(rows: Rows) -> Reals:
    """The outer products; of wide inputs in stretches, the last one filled: (stretches, STRETCH, STRETCH)."""
    if rows.shape[1] <= WIDEST:
        whole = rows.astype(np.float64, copy=False)
        return np.asarray(whole.T @ whole)
    filled: Rows = np.zeros((len(rows), -(-rows.shape[1] // STRETCH) * STRETCH), rows.dtype)
    filled[:, : rows.shape[1]] = rows
    parts: Rows = filled.reshape(len(rows), -1, STRETCH).transpose(1, 0, 2)
    return parts.transpose(0, 2, 1) @ parts


@dataclass(slots=True)
class Calibration:
    """By tensor name: the inputs of layers, how often each row of a table was looked up, and which are gates.

    `outputs` is how errors of what a layer or a table gives go together in the answer; None until it is measured.
    """

    layers: dict[str, Inputs] = field(default_factory=dict)
    tables: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    gates: set[str] = field(default_factory=set)
    outputs: dict[str, Coupling] | None = None

    def layer(self, name: str, bias: str | None = None) -> Inputs:
        """The inputs of that layer, none yet where it is new."""
        found = self.layers.setdefault(name, Inputs())
        if bias is not None:
            found.biases.add(bias)
        return found

    def look_up(self, name: str, rows: int, places: NDArray[np.int64]) -> None:
        """Count look-ups of a table of so many rows."""
        counts = np.bincount(places.ravel(), minlength=rows)
        self.tables[name] = self.tables[name] + counts if name in self.tables else counts

    def answer_to(self, name: str, outputs: int) -> Coupling | None:
        """How errors of that many outputs go together in the answer, None where that is not known."""
        found = (self.outputs or {}).get(name)
        return found if found is not None and found.width == outputs else None

    @property
    def reached(self) -> Mapping[str, Inputs]:
        """The layers that inputs came to."""
        return MappingProxyType({name: one for name, one in self.layers.items() if one.count})
