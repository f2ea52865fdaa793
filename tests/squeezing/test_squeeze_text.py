"""What a person reads of a search."""

from __future__ import annotations

from dataclasses import replace

from deadweight.core.squeeze_report import Judged, Reached, SqueezeReport, Tried
from deadweight.reports.models.squeezing import methods_text, text

_GOOD = Judged("five", 0.9, 0.89, 0.96, 500)
_BAD = Judged("five", 0.9, 0.70, 0.75, 500)
_POINT = Tried(1.0, 100_000, (_GOOD,), "feedback")
_REPORT = SqueezeReport("model.safetensors", 1_000_000, 0.95, (_POINT,), _POINT, (_GOOD,), 100_000, "small.safetensors")


def test_each_point_names_its_method() -> None:
    other = Tried(32.0, 150_000, (_GOOD,), "int4")
    said = text(replace(_REPORT, front=(other, _POINT)), colour=False)
    lines = [line for line in said.splitlines() if "x" in line and "of five" in line]
    assert [line.split()[0] for line in lines] == ["int4", "feedback"]
    assert "<- to the gate" in lines[1]


def test_layers_that_calibration_did_not_reach_are_named() -> None:
    reached = Reached(("a", "b"), ("far", "away"), ("table",), ("broken",))
    said = text(replace(_REPORT, reached=reached), colour=False)
    assert "2 layers whose inputs calibration saw" in said
    assert "2 rounded to the nearest, no calibration reached them: far, away" in said
    assert "1 tables, looked up by row: table" in said
    assert "1 kept as they are, they hold NaN or infinity: broken" in said


def test_of_many_names_a_few_are_told_and_the_rest_counted() -> None:
    names = tuple(f"layer{number}" for number in range(9))
    assert "layer3 and 5 more" in text(replace(_REPORT, reached=Reached(unseen=names)), colour=False)


def test_feedback_is_not_told_of_where_no_point_has_it() -> None:
    point = Tried(1.0, 100_000, (_GOOD,), "int8")
    said = text(replace(_REPORT, front=(point,), chosen=point, reached=Reached(unseen=("a",))), colour=False)
    assert "Feedback" not in said


def test_a_refusal_says_by_how_much_which_task_failed() -> None:
    said = text(replace(_REPORT, gate=(_BAD,), after=0, out=""), colour=False)
    assert "Refused: nothing was written." in said
    assert "five is only sure to keep 75.0%, 20.0% too little" in said


def test_a_gate_that_judged_others_before_says_how_many() -> None:
    assert "It judged 1 other candidate before." in text(replace(_REPORT, looks=1), colour=False)
    assert "It judged 3 other candidates before." in text(replace(_REPORT, looks=3), colour=False)
    assert "before." not in text(_REPORT, colour=False)


def test_what_was_taken_for_granted_is_told_and_nothing_in_it_reaches_the_terminal_raw() -> None:
    said = text(replace(_REPORT, notes=("the metric is cosine\x1b[2J",)), colour=False)
    assert "the metric is cosine" in said
    assert "\x1b" not in said


def test_methods_are_listed_by_the_order_in_which_a_search_asks_them() -> None:
    said = methods_text([("slow", "a", 0), ("second", "b", 2), ("first", "c", 1)])
    assert [line.split()[0] for line in said.splitlines()] == ["first", "second", "slow"]
    assert "slow       a; only where it is named" in said


def test_a_point_says_what_the_gate_is_foreseen_to_say() -> None:
    said = text(replace(_REPORT, front=(replace(_POINT, foreseen=0.9534),)), colour=False)
    assert "at least 96.0%; the gate: 95.3% or more" in said


def test_a_point_that_was_made_for_its_size_is_told_as_not_judged() -> None:
    other = Tried(0.9, 110_000, (), "feedback")
    said = text(replace(_REPORT, front=(other, _POINT)), colour=False)
    assert "9.09x  made for its size, not judged" in said


def test_where_no_method_is_small_enough_the_size_is_to_blame_and_not_the_share() -> None:
    nothing = replace(_REPORT, chosen=None, gate=(), after=0, out="")
    sized = text(replace(nothing, front=(Tried(0.9, 110_000, (), "feedback"),)), colour=False)
    assert "No method makes it as small as asked. Ask for less: --ratio." in sized
    assert "Ask for less: --keep." in text(replace(nothing, front=(_POINT,)), colour=False)
