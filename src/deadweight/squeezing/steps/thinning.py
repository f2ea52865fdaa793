"""Gradual pruning: a growing share of the smallest weights becomes zero while the others learn to do without them.

The share rises fast at first, when many weights are spare, and slowly at the end: s · (1 - (1 - t)³), t from 0 to 1.
Source: Zhu and Gupta 2017, To prune, or not to prune.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deadweight.judging.array import Array
from deadweight.squeezing.steps.pruning import Cut, Scope
from deadweight.squeezing.steps.smallest import Sieve, limit_of

ROUNDS = 10
_PRUNING = 0.75
"""The share of the steps in which weights go; in the rest those that are left recover."""


@dataclass(frozen=True, slots=True)
class Thinning:
    """The cut that it ends with, the tensors that it takes from, and the steps of training that it is spread over."""

    cut: Cut
    layers: tuple[str, ...]
    steps: int
    rounds: int = ROUNDS

    def share(self, step: int) -> float | None:
        """The share of the weights that is zero from this step on, None where it stays as it is."""
        turns = self.turns()
        if step not in turns:
            return None
        left = 1 - (turns.index(step) + 1) / len(turns)
        return self.cut.amount * (1 - left**3)

    def turns(self) -> tuple[int, ...]:
        """The steps before which weights go, the first one at once."""
        last = _PRUNING * (self.steps - 1)
        count = min(self.rounds, int(last) + 1)
        return tuple(round(last * turn / max(1, count - 1)) for turn in range(count))

    def smallest(self, tensors: Mapping[str, Array], share: float) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Which elements of each layer are among the smallest, of the layer or of all as the cut says."""
        layers = {name: tensors[name] for name in self.layers}
        groups = [layers] if self.cut.scope is Scope.GLOBAL else [{name: one} for name, one in layers.items()]
        for group in groups:
            count = round(share * sum(one.size for one in group.values()))
            sieve = Sieve(limit_of(lambda group=group: iter(group.values()), count))  # type: ignore[misc]
            for name, one in group.items():
                yield name, sieve.smallest(one).reshape(one.shape)
