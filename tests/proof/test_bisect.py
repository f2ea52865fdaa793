from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log2

from hypothesis import given, settings
from hypothesis import strategies as some

from deadweight.core.edit import Edit, Safety
from deadweight.core.proof import Comparison, Verdict
from deadweight.proof.bisect import Bisection, Trial, find_culprits


def edit(number: int, safety: Safety = Safety.PROVEN) -> Edit:
    return Edit("remove", (f"file{number}",), safety, "a-rule", "not needed")


def breaking(*groups: set[int]) -> Trial:
    """A program that is broken where all edits of any group are there, and names the group."""

    def broken(edits: Sequence[Edit]) -> Comparison | None:
        there = {int(path.removeprefix("file")) for one in edits for path in one.paths}
        hit = next((group for group in groups if group <= there), None)
        return None if hit is None else Comparison("GET /", Verdict.DIFFERENT, f"broken by {sorted(hit)}")

    return broken


def undone(found: Bisection) -> list[str]:
    return [one.edit.paths[0] for one in found.undone]


def test_nothing_broken_costs_one_trial_and_keeps_everything() -> None:
    edits = [edit(number) for number in range(10)]
    found = find_culprits(edits, breaking())
    assert (found.kept, found.undone, found.trials) == (tuple(edits), (), 1)


def test_no_edits_need_no_trial() -> None:
    assert find_culprits([], breaking(set())).trials == 0


def test_one_culprit_among_a_thousand_is_found_in_a_dozen_trials() -> None:
    found = find_culprits([edit(number) for number in range(1000)], breaking({617}))
    assert undone(found) == ["file617"]
    assert found.undone[0].difference == "broken by [617]"
    assert found.undone[0].probe == "GET /"
    assert found.trials <= 12


def test_several_culprits_are_each_found() -> None:
    found = find_culprits([edit(number) for number in range(64)], breaking({3}, {40}, {63}))
    assert undone(found) == ["file3", "file40", "file63"]
    assert len(found.kept) == 61


def test_of_two_edits_that_break_only_together_one_goes() -> None:
    found = find_culprits([edit(number) for number in range(20)], breaking({4, 15}))
    assert undone(found) == ["file15"]


def test_the_less_safe_edit_is_blamed() -> None:
    edits = [edit(0, Safety.LOSSY), edit(1, Safety.SAFE), edit(2, Safety.PROVEN)]
    found = find_culprits(edits, breaking({0, 1}))
    assert undone(found) == ["file0"]
    assert [one.safety for one in found.kept] == [Safety.SAFE, Safety.PROVEN]


def test_a_result_that_differs_without_any_edit_blames_none() -> None:
    found = find_culprits([edit(number) for number in range(8)], breaking(set()))
    assert found.kept == ()
    assert found.unedited is not None
    assert found.undone[0].difference.startswith("the result differs without any edit")


def test_trials_have_an_end_and_what_is_kept_is_still_good() -> None:
    everything = [edit(number) for number in range(100)]
    broken = breaking(*({number} for number in range(10, 100)))
    found = find_culprits(everything, broken, most=12)
    assert found.trials <= 15
    assert broken(found.kept) is None
    assert len(found.kept) + len(found.undone) == 100
    assert "not told apart in" in found.undone[-1].difference


@settings(max_examples=200, deadline=None, derandomize=True)
@given(count=some.integers(1, 40), data=some.data())
def test_what_is_kept_is_good_and_nothing_is_undone_without_need(count: int, data: some.DataObject) -> None:
    groups = data.draw(some.lists(some.sets(some.integers(0, count - 1), min_size=1, max_size=3), max_size=4))
    broken = breaking(*groups)
    edits = [edit(number) for number in range(count)]
    found = find_culprits(edits, broken, most=10_000)
    assert broken(found.kept) is None
    assert sorted(undone(found) + [one.paths[0] for one in found.kept]) == sorted(one.paths[0] for one in edits)
    assert all(broken((*found.kept, one.edit)) is not None for one in found.undone)
    assert found.trials <= (len(found.undone) + 1) * (ceil(log2(count)) + 2)
