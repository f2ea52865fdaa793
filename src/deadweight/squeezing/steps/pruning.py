"""Magnitude pruning: the smallest weights become zero, as `torch.nn.utils.prune` has it (`l1_unstructured`).

The result is an ordinary file of the same dtypes. Zeros take the room of any other number: only what packs the file
makes it smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from math import prod

import numpy as np

from deadweight.core.errors import UsageError
from deadweight.core.globs import matcher
from deadweight.core.steps import Zeroed
from deadweight.core.tensor import BITS, Checkpoint, Tensor
from deadweight.judging.array import Array
from deadweight.models.bodies import elements, whole_elements
from deadweight.models.casting import FLOATS, floats_of
from deadweight.squeezing.steps.smallest import Limit, Sieve, limit_of

SMALLEST = 4096
"""Elements below which a tensor is no layer that is worth pruning."""


class Scope(StrEnum):
    """Whether the smallest of each tensor go, or the smallest of all."""

    LAYER = "layer"
    GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class Cut:
    """What goes: a share of the weights, 0 to 1, of each tensor or of all; tensors that match `keep` stay whole."""

    amount: float
    scope: Scope = Scope.LAYER
    keep: tuple[str, ...] = ()


@dataclass(slots=True)
class Pruning:
    """What takes the smallest of each tensor away, by its name; `zeroed` says what became of each that has passed."""

    sieves: Mapping[str, Callable[[], Sieve]]
    zeroed: dict[str, Zeroed] = field(default_factory=dict)

    def pieces(self, tensor: Tensor, given: Iterator[bytes]) -> Iterator[bytes]:
        """The tensor's bytes with its smallest elements at zero."""
        if tensor.name not in self.sieves:
            yield from given
            return
        sieve = self.sieves[tensor.name]()
        before = after = 0
        for piece in whole_elements(given, tensor.width):
            values = floats_of(piece, tensor.dtype)
            words = np.frombuffer(piece, dtype=f"<u{tensor.width}").copy()
            words[sieve.smallest(values)] = 0
            made = words.tobytes()
            before += int(np.count_nonzero(values == 0))
            after += int(np.count_nonzero(floats_of(made, tensor.dtype) == 0))
            yield made
        self.zeroed[tensor.name] = Zeroed(tensor.name, tensor.elements, before, after)


def pruning(checkpoint: Checkpoint, cut: Cut) -> Pruning:
    """The limits of a checkpoint; raises UsageError where there is nothing to prune, or a glob matches nothing."""
    taken = prunable(checkpoint, cut.keep)
    if not taken:
        raise UsageError(
            f"no tensor has two axes, {SMALLEST:,} elements and a dtype of {', '.join(FLOATS)}",
            where=checkpoint.location,
            advice="deadweight model weigh lists its tensors.",
        )
    if cut.scope is Scope.GLOBAL:
        sieve = Sieve(_limit(checkpoint, taken, cut.amount))
        return Pruning(dict.fromkeys((one.name for one in taken), lambda: sieve))
    return Pruning({one.name: partial(Sieve, _limit(checkpoint, [one], cut.amount)) for one in taken})


def prunable(checkpoint: Checkpoint, keep: Sequence[str] = ()) -> list[Tensor]:
    """The tensors that are layers: of floating point, of two axes at least, and not small."""
    names = [one.name for one in checkpoint.tensors]
    for glob in keep:
        if not any(map(matcher((glob,)), names)):
            raise UsageError(f"{glob!r} matches no tensor", advice="deadweight model weigh --json lists their names.")
    stays = matcher(tuple(keep))
    return [one for one in checkpoint.tensors if _is_layer(one) and not stays(one.name)]


def _is_layer(tensor: Tensor) -> bool:
    return tensor.dtype in FLOATS and len(tensor.shape) >= 2 and prod(tensor.shape) >= SMALLEST


def _limit(checkpoint: Checkpoint, taken: Sequence[Tensor], amount: float) -> Limit:
    def pieces() -> Iterator[Array]:
        for tensor in taken:
            for piece in whole_elements(elements(checkpoint, tensor), BITS[tensor.dtype] // 8):
                yield floats_of(piece, tensor.dtype)

    return limit_of(pieces, round(amount * sum(one.elements for one in taken)))
