"""What a single step on a model file came to: pruning, quantising, fine-tuning."""

from __future__ import annotations

from dataclasses import dataclass

from deadweight.core.squeeze_report import Judged

STEP_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Zeroed:
    """One tensor that was pruned: how many of its elements are zero before and after."""

    name: str
    elements: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """Training between the rounds of pruning: the mean squared difference to the original's outputs over their mean
    square, highest on the way and at the end.
    """

    steps: int
    rounds: int
    highest_loss: float
    last_loss: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Pruned:
    """One file with its smallest weights at zero.

    `amount` of the weights in `tensors` went, the smallest of each tensor or of all of them as `scope` says. Bytes are
    as they lie, and `packed` what zstd leaves of the file. `judged` is what the development data of a task say.
    `recovered` is there where they went little by little, with training in between.
    """

    file: str
    out: str
    amount: float
    scope: str
    before: int
    after: int
    packed_before: int
    packed_after: int
    tensors: tuple[Zeroed, ...]
    left: tuple[str, ...] = ()
    judged: tuple[Judged, ...] = ()
    recovered: Recovered | None = None
    schema: int = STEP_SCHEMA


@dataclass(frozen=True, slots=True)
class Quantised:
    """One file with its weights in fewer bits: `tensors` of them, `left` are those that stay as they are.

    `method` and `bits` are what was asked for. `judged` is what the development data of a task say.
    """

    file: str
    out: str
    method: str
    bits: int
    before: int
    after: int
    tensors: int
    left: tuple[str, ...] = ()
    judged: tuple[Judged, ...] = ()
    schema: int = STEP_SCHEMA


@dataclass(frozen=True, slots=True)
class Tuned:
    """One file whose weights were trained to answer as the original does: the loss at the start and at the end.

    `zeros` are the weights that were zero and stayed so.
    """

    file: str
    out: str
    against: str
    steps: int
    rate: float
    seed: int
    first_loss: float
    last_loss: float
    seconds: float
    tensors: int
    zeros: int
    before: int
    after: int
    judged: tuple[Judged, ...] = ()
    schema: int = STEP_SCHEMA
