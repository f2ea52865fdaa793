"""What a comparison of two models says to a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deadweight.core.comparison import Calls, Comparison, Contender, Contrast, Costs, Kept, Measure
from deadweight.reports.models.comparing import document, text


def _costs(seconds: float, memory: int) -> Costs:
    wall = Measure(seconds, 0.9 * seconds, 1.1 * seconds)
    return Costs(wall, memory, 2 * memory, 3 * memory, (Calls(1, wall, wall), Calls(16, wall, wall)))


def _comparison(first: Contender, second: Contender, contrasts: tuple[Contrast, ...] = ()) -> Comparison:
    kept = Kept("news", 0.8, 0.76, Measure(0.95, 0.93, 0.97), 400, "cosine", 0.991)
    worse = Kept("mail", 0.5, 0.45, Measure(0.9, 0.85, 0.94), 100, "agreement", 0.88)
    return Comparison(first, second, "gate", (kept, worse), contrasts, None, 1, ("the metric is accuracy",))


def _timed(low: float, middle: float, high: float) -> Comparison:
    ratio = Measure(middle, low, high)
    pair = [Contender(name, "ONNX float32", size) for name, size in (("a.onnx", 4_000_000), ("b.onnx", 1_000_000))]
    whole = _comparison(pair[0], pair[1], tuple(Contrast(batch, ratio, ratio) for batch in (1, 16)))
    first, second = replace(pair[0], costs=_costs(0.02, 9_000_000)), replace(pair[1], costs=_costs(0.01, 3_000_000))
    return replace(whole, first=first, second=second, load=ratio)


def test_one_column_a_model_with_the_ratio_and_its_interval() -> None:
    said = text(_timed(1.8, 2.0, 2.2), colour=False)
    row = next(line for line in said.splitlines() if "batch 16, wall" in line)
    assert row.split(None, 3)[3].split("  ")[0] == "20 ms [18, 22]"
    assert "10 ms [9, 11]" in row
    assert row.endswith("2.00x [1.80, 2.20]")
    assert "1,600.0" in next(line for line in said.splitlines() if "batch 16, inputs a second" in line)
    assert "18.0 MB" in next(line for line in said.splitlines() if "once run" in line)


@pytest.mark.parametrize(
    ("interval", "says"),
    [
        ((1.8, 2.0, 2.2), "B is 2.00 times faster, at least 1.80 with 16 a call."),
        ((0.9, 1.3, 2.2), "B is not faster (A / B is 1.30, and may be 1: 0.90 to 2.20) with 16 a call."),
        ((0.4, 0.5, 0.8), "B is 2.00 times slower, at least 1.25 with 16 a call."),
    ],
)
def test_a_smaller_file_is_faster_only_where_it_was_measured(interval: tuple[float, float, float], says: str) -> None:
    said = text(_timed(*interval), colour=False)
    assert says in said.splitlines()
    assert "B is 4.00x smaller." in said.splitlines()


def test_the_task_that_suffers_most_is_named() -> None:
    said = text(_timed(1.0, 1.0, 1.0), colour=False)
    assert "B keeps 90.0% of the task that suffers most, mail: at least 85.0%, 97.5 % sure." in said
    assert "cosine of the answers 0.9910, 400 examples" in said
    assert "  the metric is accuracy" in said.splitlines()


def test_without_timing_nothing_is_said_of_time() -> None:
    said = text(_comparison(Contender("a", "npz", 10), Contender("b", "npz", 10)), colour=False)
    assert "batch" not in said
    assert "faster" not in said
    assert "B is as big." in said


def test_a_bigger_file_is_told_as_bigger() -> None:
    assert "B is 2.50x bigger." in text(_comparison(Contender("a", "npz", 10), Contender("b", "npz", 25)), False)


def test_memory_that_did_not_grow_has_no_ratio() -> None:
    done = _timed(1.0, 1.0, 1.0)
    done = replace(done, second=replace(done.second, costs=_costs(0.01, 0)))
    row = next(line for line in text(done, colour=False).splitlines() if "added by loading" in line)
    assert row.rstrip().endswith("0 B")


def test_the_document_has_the_verdicts_written_out() -> None:
    said = document(_timed(0.9, 1.3, 2.2))
    assert said["smaller"] == 4.0
    contrasts = said["contrasts"]
    assert isinstance(contrasts, list)
    assert [one["verdict"] for one in contrasts] == ["not faster"] * 2


def test_names_of_files_cannot_steer_the_terminal() -> None:
    done = _comparison(Contender("a\x1b[31m", "npz", 10), Contender("b", "npz", 10))
    assert "\x1b" not in text(done, colour=False)
