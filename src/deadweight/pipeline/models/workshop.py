"""The models of a search are made here: guessed, sized and judged, the last few of them kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from deadweight.core.progress import SILENT, Progress
from deadweight.core.squeeze_report import Tried
from deadweight.judging.foresight import foreseen
from deadweight.squeezing.aiming import Sizes
from deadweight.squeezing.bench import Bench
from deadweight.squeezing.guessing import guessed
from deadweight.squeezing.memory import Memory
from deadweight.squeezing.method import Choice, Method
from deadweight.squeezing.storing.container import SqueezedModel
from deadweight.squeezing.storing.files import size_of
from deadweight.squeezing.storing.graphs import with_graph

KEPT = 4
"""Models that are kept: the one that is chosen is among the last."""
Place = tuple[str, float]


@dataclass(slots=True)
class Workshop:
    """Makes models of a file for a search; what an earlier run made or judged is recalled.

    `wanted` are the bytes of the model that is looked for, 0 where they are not stated.
    """

    file: Path
    bench: Bench
    memory: Memory
    progress: Progress = SILENT
    wanted: float = 0.0
    made: dict[Place, SqueezedModel] = field(default_factory=dict)
    finished: dict[Place, SqueezedModel] = field(default_factory=dict)

    def guess(self, method: Method, factor: float) -> float:
        """About the bytes of the method's file at that factor."""
        self.progress.advance(0)
        return guessed(self.bench.weights, self._choice(method, factor))

    def size(self, method: Method, factor: float) -> int:
        """The most bytes that the method's file may take at that factor."""
        known = self.memory.size(method.name, factor)
        if known is None:
            known = size_of(self._made(method, factor)) + self.bench.slack(method)
            self.memory.keep(Tried(factor, known, (), method.name))
        self.progress.advance(1)
        return known

    def judge(self, method: Method, factor: float) -> Tried:
        """The method's point of that factor, by development data."""
        point = self.memory.recall(method.name, factor)
        if point is None:
            model = self.model(method, factor)
            point = Tried(
                factor, size_of(model), self.bench.standards.judged(model.weights(), "development"), method.name
            )
            self.memory.keep(point)
        self.progress.advance(1)
        return replace(point, foreseen=foreseen(point.judged, self.bench.standards.examples("gate")))

    def model(self, method: Method, factor: float) -> SqueezedModel:
        """The model as it is judged and written."""
        place = (method.name, factor)
        if place not in self.finished:
            _keep(self.finished, place, self.bench.finished(self._made(method, factor), method))
        return self.finished[place]

    def _made(self, method: Method, factor: float) -> SqueezedModel:
        """The model with the graph that it is of, batch normalisation as it was."""
        place = (method.name, factor)
        if place not in self.made:
            model = self.bench.made(self._choice(method, factor))
            _keep(self.made, place, with_graph(model, self.file))
        return self.made[place]

    def _choice(self, method: Method, factor: float) -> Choice:
        is_first = not method.factors and self.bench.shares is None
        if is_first and self.wanted:
            sizes = Sizes(self.wanted, lambda one: guessed(self.bench.weights, Choice(method, one)))
            self.bench.around = sizes.guessed(self.wanted)
        choice = self.bench.choice(method, factor, self.progress)
        if is_first:
            self.announce()
        return choice

    def announce(self) -> None:
        """Say what a look at development and the gate are expected to take, by what the original took."""
        looks, gate = (sum(self.bench.standards.examples(part).values()) for part in ("development", "gate"))
        each = self.bench.standards.seconds
        said = f"a look takes about {_duration(each * looks)}, the gate {_duration(2 * each * gate)}"
        self.progress.start(f"searching; {said}", 0, "models")


def _keep(models: dict[Place, SqueezedModel], place: Place, model: SqueezedModel) -> None:
    models[place] = model
    while len(models) > KEPT:
        del models[next(iter(models))]


def _duration(seconds: float) -> str:
    """Seconds, or minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{max(1, whole)} s"
