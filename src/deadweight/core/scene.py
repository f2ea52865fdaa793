"""An opened, attributed artifact, and the facts that were asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from deadweight.core.artifact import Artifact
from deadweight.core.gap import Gap
from deadweight.core.listing import Listing
from deadweight.core.owner import Ownership
from deadweight.core.progress import SILENT, Progress

T = TypeVar("T")


@dataclass(frozen=True)
class Scene:
    """An artifact with its owners; answers facts, each worked out once.

    `options` are the settings that rules may look at, as text by name (`log-size` = "104857600").
    """

    artifact: Artifact
    ownership: Ownership
    options: dict[str, str] = field(default_factory=dict)
    progress: Progress = SILENT
    _answers: dict[str, object] = field(default_factory=dict, repr=False)
    _expected: dict[str, Callable[[], object]] = field(default_factory=dict, repr=False)
    _gaps: list[Gap] = field(default_factory=list, repr=False)

    @property
    def listing(self) -> Listing:
        """The visible entries, by path and by place."""
        return self.artifact.listing

    def ask(self, fact: Fact[T]) -> T:
        """The fact's answer, worked out at the first asking."""
        if fact.name not in self._answers:
            expected = self._expected.pop(fact.name, None)
            self._answers[fact.name] = expected() if expected else fact.work(self)
        return cast(T, self._answers[fact.name])

    def expect(self, fact: Fact[T], answer: Callable[[], T]) -> None:
        """Have the fact answered by who works it out elsewhere, at the first asking."""
        self._expected[fact.name] = answer

    def learn(self, fact: Fact[T], answer: T) -> None:
        """Give the answer to a question that only a run can tell; raises ValueError once the fact was asked or told."""
        if fact.name in self._answers:
            raise ValueError(f"the fact {fact.name!r} is answered already")
        self._answers[fact.name] = answer

    def note(self, gap: Gap) -> None:
        """Remember that something is not known."""
        if gap not in self._gaps:
            self._gaps.append(gap)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All that is not known so far, the artifact's own gaps first, then those of its owners."""
        return (*self.artifact.gaps, *self.ownership.gaps, *self._gaps)


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """The answer to one question about an artifact: `work` is asked once a scene."""

    name: str
    work: Callable[[Scene], T]
