"""Two models asked the same inputs, which wait for each other at each layer that is looked at: each runs once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import local
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from deadweight.judging.array import Array
from deadweight.judging.task import Program
from deadweight.squeezing.calibration.hooks import hooked
from deadweight.squeezing.rounding.route import Step
from deadweight.squeezing.rounding.stepwise import Stepwise

Rows: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stop:
    """What one batch says at a layer: the original its outputs, the squeezed one what comes to it and beside it."""

    place: str
    rows: Rows
    beside: Rows | float = 0.0


@dataclass(slots=True)
class Pair:
    """The original and the squeezed model, whose layers say what comes to them in the batch that is asked."""

    program: Program
    original: Any
    small: Any
    here: local = field(default_factory=local)

    @contextmanager
    def watched(self, steps: Iterable[Step]) -> Iterator[None]:
        """For as long as it lasts both models stop at these layers."""
        with hooked(hook for step in steps for hook in self._hooks(step)):
            yield

    def _hooks(self, step: Step) -> list[Any]:
        was, now = (dict(one.named_modules()) for one in (self.original, self.small))
        layer = now[step.place]
        if step.norm is None:
            return [
                was[step.place].register_forward_hook(lambda _, __, out: self._stop(Stop(step.place, _rows(out)))),
                layer.register_forward_pre_hook(lambda _, given: self._stop(Stop(step.place, _rows(given[0])))),
            ]

        def note(_: Any, given: Any, out: Any) -> None:  # noqa: ANN401
            self.here.noted = (given[0], out.clone())

        def take(_: Any, given: Any) -> None:  # noqa: ANN401
            """In place: what comes to the normalisation may go past it too."""
            taken, made = self.here.noted
            self.here.noted = None
            self._stop(Stop(step.place, _rows(taken), _rows(given[0] - made)))
            given[0].add_(layer.forward(taken) - made)

        return [
            was[step.norm].register_forward_pre_hook(lambda _, given: self._stop(Stop(step.place, _rows(given[0])))),
            layer.register_forward_hook(note),
            now[step.norm].register_forward_pre_hook(take),
        ]

    def job(self, model: Any, inputs: Sequence[Any]) -> Stepwise[Stop]:  # noqa: ANN401
        """The model, asked these inputs."""

        def run(own: Stepwise[Stop]) -> None:
            self.here.own = own
            self.program.rows(model, inputs)

        return Stepwise(run)

    def _stop(self, said: Stop) -> None:
        self.here.own.stop(said)

    def put(self, step: Step, values: Array, bias: Array | None) -> None:
        """Give the squeezed model's layer these weights."""
        import torch

        layer = self.small.get_submodule(step.place)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(np.array(values, dtype=np.float32)))
            if bias is not None:
                layer.bias.copy_(torch.from_numpy(np.array(bias, dtype=np.float32)))


class Batch:
    """Some inputs on their way through both models."""

    def __init__(self, pair: Pair, inputs: Sequence[Any]) -> None:
        self._jobs = tuple(pair.job(model, inputs) for model in (pair.original, pair.small))

    def advance(self) -> tuple[Stop | None, Stop | None]:
        """Both at their next layer."""
        was, now = (one.advance() for one in self._jobs)
        return was, now

    def leave(self) -> None:
        """Have both end where they stand."""
        for one in self._jobs:
            one.leave()


def _rows(tensor: Any) -> Rows:  # noqa: ANN401  a tensor of torch
    return np.asarray(tensor.detach().reshape(-1, tensor.shape[-1]).float().cpu().numpy())
