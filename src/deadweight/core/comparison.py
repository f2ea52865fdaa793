"""Two models side by side: bytes, what they answer, how long that takes, and the memory it takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A value in the middle, and the interval that holds it with 95 % confidence."""

    value: float
    low: float
    high: float

    def over(self, limit: float) -> bool:
        """Whether all of the interval lies above."""
        return self.low > limit

    def under(self, limit: float) -> bool:
        """Whether all of the interval lies below."""
        return self.high < limit


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls with so many inputs each: seconds of wall and of CPU a call."""

    batch: int
    wall: Measure
    cpu: Measure

    @property
    def rate(self) -> float:
        """Inputs a second."""
        return self.batch / self.wall.value if self.wall.value else 0.0


@dataclass(frozen=True, slots=True)
class Costs:
    """What a model costs in a process of its own that does nothing else.

    `load` are seconds of wall from the file to the model, the file in the page cache. Memory is resident bytes more
    than before the model was opened: once `loaded`, once it has `run`, and the `peak` in between.
    """

    load: Measure
    loaded: int
    run: int
    peak: int
    calls: tuple[Calls, ...]


@dataclass(frozen=True, slots=True)
class Contender:
    """One of the two: its file, what form that has, its bytes with all that belongs to it, and what it costs."""

    file: str
    form: str
    size: int
    costs: Costs | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One task: the metric of both, B's share of A's, and how near their answers are by the measure of `likeness`."""

    task: str
    first: float
    second: float
    ratio: Measure
    examples: int
    likeness: str
    alike: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """How many times less B takes than A with so many inputs a call: of wall time and of CPU time."""

    batch: int
    wall: Measure
    cpu: Measure

    @property
    def verdict(self) -> str:
        """What may be said of B's speed: nothing that the interval does not hold."""
        if self.wall.over(1.0):
            return "faster"
        return "slower" if self.wall.under(1.0) else "not faster"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A and B side by side; `part` is the part of the tasks that was asked, `notes` what a reader has to know."""

    first: Contender
    second: Contender
    part: str
    tasks: tuple[Kept, ...]
    contrasts: tuple[Contrast, ...]
    load: Measure | None
    threads: int
    notes: tuple[str, ...] = ()

    @property
    def smaller(self) -> float:
        """How many times fewer bytes B takes."""
        return self.first.size / self.second.size
