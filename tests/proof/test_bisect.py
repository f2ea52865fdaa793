from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, log2

from hypothesis import given, settings
from hypothesis import strategies as some

from deadweight.core.edit import Edit, Safety
from deadweight.core.proof import Comparison, Verdict
from deadweight.proof.bisect import find_culprits


def edit(number: int, safety: Safety = Safety.PROVEN) -> Edit:
    return Edit("remove", (f"file{number}",), safety, "a-rule", "not needed")


class Program:
    """A program that is broken where all edits of any group are there, and names the group; it counts its trials."""

    def __init__(self, *groups: set[int]) -> None:
        self.groups = groups
        self.trials = 0

    def __call__(self, edits: Sequence[Edit]) -> Comparison | None:
        self.trials += 1
        there = {int(path.removeprefix("file")) for one in edits for path in one.paths}
        hit = next((group for group in self.groups if group <= there), None)
        return None if hit is None else Comparison("GET /", Verdict.DIFFERENT, f"broken by {sorted(hit)}")


def names(edits: Iterable[Edit]) -> list[str]:
    return [edit.paths[0] for edit in edits]


def undone(program: Program, count: int) -> list[str]:
    _, out = find_culprits([edit(number) for number in range(count)], program)
    return names(one.edit for one in out)


def test_nothing_broken_costs_one_trial_and_keeps_everything() -> None:
    edits, program = [edit(number) for number in range(10)], Program()
    assert find_culprits(edits, program) == (tuple(edits), ())
    assert program.trials == 1


def test_no_edits_need_no_trial() -> None:
    program = Program(set())
    assert find_culprits([], program) == ((), ())
    assert program.trials == 0


def test_one_culprit_among_a_thousand_is_found_in_a_dozen_trials() -> None:
    program = Program({617})
    kept, out = find_culprits([edit(number) for number in range(1000)], program)
    assert len(kept) == 999
    assert [(one.edit.paths, one.probe, one.difference) for one in out] == [(("file617",), "GET /", "broken by [617]")]
    assert program.trials <= 12


def test_the_first_and_the_only_edit_can_be_to_blame() -> None:
    assert undone(Program({0}), 8) == ["file0"]
    assert undone(Program({0}), 1) == ["file0"]


def test_several_culprits_are_each_found() -> None:
    assert undone(Program({3}, {40}, {63}), 64) == ["file3", "file40", "file63"]


def test_of_two_edits_that_break_only_together_one_goes() -> None:
    assert undone(Program({4, 15}), 20) == ["file15"]


def test_the_less_safe_edit_is_blamed() -> None:
    edits = [edit(0, Safety.LOSSY), edit(1, Safety.SAFE), edit(2, Safety.PROVEN)]
    kept, out = find_culprits(edits, Program({0, 1}))
    assert names(one.edit for one in out) == ["file0"]
    assert [one.safety for one in kept] == [Safety.SAFE, Safety.PROVEN]


def test_a_result_that_differs_without_any_edit_blames_none() -> None:
    kept, out = find_culprits([edit(number) for number in range(8)], Program(set()))
    assert kept == ()
    assert all(one.difference == "the result differs without any edit: broken by []" for one in out)


def test_trials_have_an_end_and_what_is_kept_is_still_good() -> None:
    program = Program(*({number} for number in range(10, 100)))
    kept, out = find_culprits([edit(number) for number in range(100)], program, most=12)
    assert program.trials <= 15
    assert program(kept) is None
    assert len(kept) + len(out) == 100
    assert "not told apart in" in out[-1].difference


@settings(max_examples=200, deadline=None, derandomize=True)
@given(count=some.integers(1, 40), data=some.data())
def test_what_is_kept_is_good_and_nothing_is_undone_without_need(count: int, data: some.DataObject) -> None:
    groups = data.draw(some.lists(some.sets(some.integers(0, count - 1), min_size=1, max_size=3), max_size=4))
    program, edits = Program(*groups), [edit(number) for number in range(count)]
    kept, out = find_culprits(edits, program, most=10_000)
    assert program.trials <= (len(out) + 1) * (ceil(log2(count)) + 2)
    assert sorted(names(kept) + names(one.edit for one in out)) == sorted(names(edits))
    assert program(kept) is None
    assert all(program((*kept, one.edit)) is not None for one in out)
