"""What runs inside the process of a model: it is opened, called and looked at."""

from __future__ import annotations

import json
import mmap
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pytest

from deadweight.core.errors import UsageError
from deadweight.judging import residence
from deadweight.judging.serving import Bench, serve, timed_inputs
from deadweight.judging.task import Program, Task

_PART = (["gate"] * 3, [0] * 3)


def _program(asked: list[Any], calibration: Sequence[Any] = ()) -> Program:
    def predict(model: Any, inputs: Sequence[Any]) -> Any:  # noqa: ANN401
        asked.append(list(inputs))
        return [0] * len(inputs)

    parts = {"gate": _PART, "development": (["development"] * 4, [0] * 4)}
    return Program(lambda weights: 1, predict, calibration, (Task("one", parts, lambda rows, labels: 1.0),))


def _bench(asked: list[Any], inputs: Sequence[Any]) -> Bench:
    return Bench(_program(asked), inputs, lambda: "model")


def _told(made: Any, *asked: dict[str, object]) -> list[dict[str, Any]]:  # noqa: ANN401
    out = BytesIO()
    serve(made, [json.dumps(one).encode() for one in asked], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_batches_go_on_where_the_last_one_ended_and_begin_anew_past_the_end() -> None:
    asked: list[Any] = []
    _bench(asked, list("abcde")).call(batch=2, at=1, times=3)
    assert asked == [["c", "d"], ["e", "a"], ["b", "c"]]


def test_an_array_of_inputs_stays_one() -> None:
    asked: list[Any] = []
    inputs: Any = np.arange(6).reshape(3, 2)
    _bench(asked, inputs).call(batch=2, at=0, times=1)
    assert [one.tolist() for one in asked[0]] == [[0, 1], [2, 3]]


def test_memory_counts_from_before_the_model_was_opened() -> None:
    bench = Bench(_program([]), ["a"], lambda: np.ones(6_000_000))
    opened = bench.open()
    assert 46e6 < opened.resident < 60e6
    bench.model = None
    residence.settle()
    assert bench.look().resident < 10e6
    assert bench.look().peak >= 46e6 or residence.peak() > 0


def test_each_line_is_answered_and_the_first_says_how_many_inputs_there_are() -> None:
    said = _told(lambda: _bench([], list("abc")), {"do": "open"}, {"do": "call", "batch": 1, "at": 0, "times": 2})
    assert said[0] == {"inputs": 3}
    assert [sorted(one["spent"]) for one in said[1:]] == [["cpu", "peak", "resident", "wall"]] * 2


def test_what_goes_wrong_is_told_with_its_kind_and_ends_it() -> None:
    def fails() -> Bench:
        raise UsageError("no", where="task.py:3", advice="write it")

    assert _told(fails, {"do": "open"}) == [{"error": ["UsageError", "no", "task.py:3", "write it"]}]


@pytest.mark.parametrize(("calibration", "first"), [(["calibration"], "calibration"), ((), "development")])
def test_a_model_is_timed_with_calibration_inputs_else_with_those_of_a_task(
    calibration: Sequence[str], first: str
) -> None:
    assert timed_inputs(_program([], calibration))[0] == first


def test_resident_memory_is_that_of_this_process() -> None:
    before = residence.resident()
    held = mmap.mmap(-1, 30_000_000)  # a bytearray may come out of what was freed before
    for place in range(0, len(held), mmap.PAGESIZE):
        held[place] = 1
    assert residence.resident() - before > 25_000_000
    assert residence.peak() >= residence.resident() * 0.9
    held.close()
    residence.settle()
    assert residence.resident() - before < 10_000_000
