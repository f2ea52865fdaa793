"""The models of a search: each made once, sized before it is judged, recalled where an earlier run made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deadweight.core.progress import SILENT, Progress
from deadweight.judging.array import Array
from deadweight.judging.task import Program, Task
from deadweight.pipeline.models.workshop import KEPT, Workshop
from deadweight.squeezing.bench import Bench
from deadweight.squeezing.memory import Memory
from deadweight.squeezing.method import methods
from deadweight.squeezing.readying import bench_of
from deadweight.squeezing.storing.files import stored_of, write_safetensors

_RANDOM = np.random.default_rng(41)
_INPUTS = _RANDOM.normal(size=(200, 64)).astype(np.float32)
_WEIGHT = _RANDOM.normal(size=(80, 64)).astype(np.float32)
_ANY = methods()["nearest"]


@dataclass(slots=True)
class _Heard:
    """What progress was told."""

    said: list[str] = field(default_factory=list)
    done: int = 0

    def start(self, what: str, total: int, unit: str = "B") -> None:
        self.said.append(what)

    def advance(self, amount: int) -> None:
        self.done += amount

    def finish(self) -> None:
        pass


def _predict(model: Array, inputs: Sequence[Any]) -> Array:
    return np.asarray(np.stack(inputs) @ model.T)


def _agreement(rows: Array, labels: Sequence[Any]) -> float:
    return float((rows.argmax(1) == np.array(labels)).mean())


class _Built:
    """Counts the models that a program was asked for."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, weights: Mapping[str, Array]) -> Array:
        self.count += 1
        return weights["w"].astype(np.float32)


def _workshop(folder: Path, progress: Progress = SILENT, build: _Built | None = None) -> Workshop:
    path = folder / "model.safetensors"
    with path.open("wb") as stream:
        write_safetensors(stream, {"w": _WEIGHT}, {})
    labels = (_INPUTS @ _WEIGHT.T).argmax(1).tolist()
    parts = {"development": (list(_INPUTS[:80]), labels[:80]), "gate": (list(_INPUTS[80:]), labels[80:])}
    program = Program(build or _Built(), _predict, (), (Task("classes", parts, _agreement),))
    return Workshop(path, bench_of(stored_of(path), program), Memory(folder / "memory", "a"), progress)


def test_a_model_that_was_sized_is_not_made_again_to_be_judged_and_written(tmp_path: Path) -> None:
    workshop = _workshop(tmp_path)
    size = workshop.size(_ANY, 1.0)
    made = workshop.made["nearest", 1.0]
    assert workshop.judge(_ANY, 1.0).size == size
    assert workshop.model(_ANY, 1.0) is made


def test_what_an_earlier_run_knew_is_neither_made_nor_judged(tmp_path: Path) -> None:
    first = _workshop(tmp_path)
    size, point = first.size(_ANY, 1.0), first.judge(_ANY, 1.0)
    built = _Built()
    second = _workshop(tmp_path, build=built)
    before = built.count
    assert (second.size(_ANY, 1.0), second.judge(_ANY, 1.0)) == (size, point)
    assert built.count == before
    assert not second.made


def test_the_last_models_are_kept_and_no_more(tmp_path: Path) -> None:
    workshop = _workshop(tmp_path)
    for number in range(KEPT + 3):
        workshop.model(_ANY, 1.0 + number / 10)
    assert len(workshop.finished) == len(workshop.made) == KEPT
    assert ("nearest", 1.0 + (KEPT + 2) / 10) in workshop.finished


def test_what_is_foreseen_goes_with_the_examples_of_the_gate(tmp_path: Path) -> None:
    point = _workshop(tmp_path).judge(_ANY, 0.8)
    assert 0 < point.foreseen <= point.worst.lower


@pytest.mark.parametrize(("each", "said"), [(0.1, "8 s, the gate 24 s"), (2.0, "2 min 40 s, the gate 8 min 0 s")])
def test_how_long_looks_take_is_told_before_the_search(tmp_path: Path, each: float, said: str) -> None:
    heard = _Heard()
    workshop = _workshop(tmp_path, heard)
    workshop.bench.standards.seconds = each
    workshop.announce()
    assert heard.said[-1] == f"searching; a look takes about {said}"


def test_what_the_original_took_is_measured_by_example(tmp_path: Path) -> None:
    times = iter([100.0, 108.0])
    bench = _workshop(tmp_path).bench
    bench.standards.measure(lambda: next(times))
    assert bench.standards.seconds == pytest.approx(0.1)
    assert set(bench.standards.known) == {"development"}


def test_batch_normalisation_may_add_no_more_than_its_slack(tmp_path: Path) -> None:
    bench: Bench = _workshop(tmp_path).bench
    assert bench.slack(_ANY) == 0
    model = bench.made(bench.choice(_ANY, 1.0))
    assert bench.finished(model, _ANY) is model


def test_what_layers_bear_is_measured_near_the_size_that_is_wanted(tmp_path: Path) -> None:
    factors = []
    for times in (4.6, 12.0):
        workshop = _workshop(tmp_path)
        workshop.wanted = workshop.file.stat().st_size / times
        workshop.guess(_ANY, 1.0)
        factors.append(workshop.bench.around)
    assert factors[0] < 0.5 < factors[1]


def test_a_forward_that_no_gradient_passes_is_told_once(tmp_path: Path) -> None:
    bench = _workshop(tmp_path).bench
    feedback = methods()["feedback"]
    bench.choice(feedback, 1.0)
    assert not bench.notes  # the task says nothing of gradients
    bench.program = replace(bench.program, calibration=list(_INPUTS[:20]), forward=_predict)
    bench.weights.calibration.outputs = None
    for _ in range(2):
        bench.choice(feedback, 1.0)
    assert bench.notes == ("forward gave nothing that gradients flow through: rounding goes by inputs alone",)
