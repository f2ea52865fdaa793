"""Computations that stop where they say."""

from __future__ import annotations

import threading

import pytest

from deadweight.squeezing.rounding.stepwise import Stepwise


def _counting(upto: int, seen: list[int]) -> Stepwise[int]:
    def job(own: Stepwise[int]) -> None:
        try:
            for number in range(upto):
                seen.append(number)
                own.stop(number)
        finally:
            seen.append(-1)

    return Stepwise(job)


def test_a_job_runs_only_while_it_is_waited_for() -> None:
    seen: list[int] = []
    job = _counting(2, seen)
    assert seen == []
    assert job.advance() == 0
    assert seen == [0]
    assert job.advance() == 1
    assert job.advance() is None
    assert seen == [0, 1, -1]
    assert job.advance() is None


def test_several_jobs_go_side_by_side() -> None:
    seen: list[int] = []
    jobs = [_counting(3, seen) for _ in range(4)]
    for wanted in (0, 1, 2, None):
        assert [one.advance() for one in jobs] == [wanted] * 4
    assert seen == [0] * 4 + [1] * 4 + [2] * 4 + [-1] * 4


def test_what_a_job_raises_is_raised_where_it_is_waited_for() -> None:
    def job(own: Stepwise[str]) -> None:
        own.stop("here")
        raise ValueError("there")

    running = Stepwise(job)
    assert running.advance() == "here"
    with pytest.raises(ValueError, match="there"):
        running.advance()
    assert running.advance() is None


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_job_that_is_left_ends_where_it_stands_and_cleans_up(steps: int) -> None:
    seen: list[int] = []
    before = threading.active_count()
    job = _counting(2, seen)
    for _ in range(steps):
        job.advance()
    job.leave()
    assert threading.active_count() == before
    assert seen == [*range(min(steps, 2)), *[-1] * bool(steps)]
