"""What squeezing a model came to: the front that was tried, the point that was chosen, and the gate's word on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Judged:
    """One task: the metric before and after, and the share of it that is kept with 95 % confidence, at least."""

    task: str
    before: float
    after: float
    lower: float
    examples: int

    @property
    def ratio(self) -> float:
        """What is kept: after over before."""
        return self.after / self.before

    def passes(self, keep: float) -> bool:
        """Whether at least that share is kept, chance allowed for."""
        return self.lower >= keep


@dataclass(frozen=True, slots=True)
class Tried:
    """One point of the front: the method and how coarse, the file's bytes, and what development data say.

    `judged` is empty where only its size was asked for. `foreseen` is what the gate is 90 % sure to say of the worst
    task, at least: less than development data say, whose word chose the point, and who are a sample as the gate is.
    """

    factor: float
    size: int
    judged: tuple[Judged, ...]
    method: str = ""
    foreseen: float = 0.0

    def is_safe(self, keep: float) -> bool:
        """Whether the gate is likely to find that share kept on every task."""
        return bool(self.judged) and self.foreseen >= keep

    def passes(self, keep: float) -> bool:
        """Whether every task keeps that share, by development data."""
        return bool(self.judged) and all(one.passes(keep) for one in self.judged)

    @property
    def worst(self) -> Judged:
        """The task that keeps least."""
        return min(self.judged, key=lambda one: one.lower)


@dataclass(frozen=True, slots=True)
class Reached:
    """What calibration told of the tensors, by name.

    `layers` are those whose inputs it saw: their errors are fed back. It saw nothing of `unseen`: they are rounded to
    the nearest. `tables` are looked up by row and have no inputs. `not_finite` hold NaN, infinity or what is near it,
    and are kept as they are.
    """

    layers: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    not_finite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SqueezeReport:
    """One run: the front by bytes, most first, the point that went to the gate, and what the gate said.

    `before` and `after` are bytes of the files; `after` is 0 where nothing passed, and then nothing was written.
    `looks` are the other candidates that the gate judged before, as far as was remembered. `notes` say what was taken
    for granted.
    """

    file: str
    before: int
    keep: float
    front: tuple[Tried, ...]
    chosen: Tried | None
    gate: tuple[Judged, ...] = ()
    after: int = 0
    out: str = ""
    reached: Reached = Reached()
    looks: int = 0
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the gate let it through."""
        return bool(self.gate) and all(one.passes(self.keep) for one in self.gate)
