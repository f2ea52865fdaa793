"""The search over methods and how coarse they are, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from deadweight.core.errors import UsageError
from deadweight.core.squeeze_report import Judged, Tried
from deadweight.squeezing.memory import Memory
from deadweight.squeezing.method import Layer, Method, chosen
from deadweight.squeezing.search import Aim, best, search
from deadweight.squeezing.squeezed import Squeezed

_ORIGINAL = 1_000_000


def _nothing(layer: Layer, _: float) -> Squeezed:
    raise AssertionError(f"the search looks at points, not at {layer}")


_ANY = Method("any", "takes any factor", _nothing, 1.0)
_STAIRS = Method("stairs", "has three", _nothing, 1.0, (0.1, 0.2, 0.3))
_SAFE = Method("safe", "always passes", _nothing, 0.0, (1.0,), is_exact=True)


def _point(method: str, factor: float, size: int, lower: float) -> Tried:
    return Tried(factor, size, (Judged("one", 1.0, lower, lower, 100),), method)


def _world(keeps: float) -> tuple[Callable[[Method, float], Tried], list[tuple[str, float]]]:
    """A world in which a factor's file shrinks with it, and all up to `keeps` passes; the safe method always does."""
    asked: list[tuple[str, float]] = []

    def attempt(method: Method, factor: float) -> Tried:
        asked.append((method.name, factor))
        if method is _SAFE:
            return _point("safe", factor, 800_000, 1.0)
        return _point(method.name, factor, int(_ORIGINAL / (10 * factor)), 1.0 if factor <= keeps else 0.5)

    return attempt, asked


def _best(aim: Aim, methods: Sequence[Method], keeps: float) -> Tried | None:
    return best(aim, _ORIGINAL, search(aim, _ORIGINAL, methods, _world(keeps)[0]))


@pytest.mark.parametrize("keeps", [0.3, 0.8, 1.0, 1.7, 3.0])
def test_the_search_finds_the_coarsest_that_passes_within_a_stride(keeps: float) -> None:
    attempt, asked = _world(keeps)
    aim = Aim(0.95)
    found = best(aim, _ORIGINAL, search(aim, _ORIGINAL, [_ANY], attempt))
    assert found is not None
    assert keeps / 2**0.25 <= found.factor <= keeps
    assert len(asked) == len(set(asked)) <= 10


def test_a_ratio_is_met_and_not_overdone() -> None:
    found = _best(Aim(0.95, ratio=15.0), [_ANY], 100.0)
    assert found is not None
    assert 15.0 <= _ORIGINAL / found.size < 15.0 * 2**0.25


def test_where_nothing_passes_nothing_is_best() -> None:
    attempt, asked = _world(0.0)
    aim = Aim(0.95)
    assert best(aim, _ORIGINAL, search(aim, _ORIGINAL, [_ANY], attempt)) is None
    assert len(asked) <= 10


def test_a_method_of_few_factors_is_tried_until_one_is_too_coarse() -> None:
    attempt, asked = _world(0.1)
    search(Aim(0.95), _ORIGINAL, [_STAIRS], attempt)
    assert asked == [("stairs", 0.1), ("stairs", 0.2)]


def test_a_method_that_passes_is_the_last_unless_all_were_named() -> None:
    for is_whole, names in ((False, {"any"}), (True, {"any", "safe"})):
        attempt, asked = _world(1.0)
        search(Aim(0.95, is_whole=is_whole), _ORIGINAL, [_ANY, _SAFE], attempt)
        assert {name for name, _ in asked} == names


def test_where_the_first_method_never_passes_the_next_is_asked() -> None:
    found = _best(Aim(0.95), [_ANY, _SAFE], 0.0)
    assert found is not None
    assert found.method == "safe"


def test_of_two_methods_that_are_small_enough_the_one_that_keeps_more_is_best() -> None:
    tried = (
        _point("any", 1.0, 90_000, 0.90),
        _point("any", 2.0, 80_000, 0.99),
        _point("stairs", 0.1, 95_000, 0.97),
        _point("safe", 1.0, 800_000, 1.0),
    )
    found = best(Aim(0.95, ratio=10.0), _ORIGINAL, tried)
    assert found is not None
    assert (found.method, found.factor) == ("stairs", 0.1)


def test_the_front_is_by_bytes_and_names_the_method_of_each_point() -> None:
    front = search(Aim(0.95, is_whole=True), _ORIGINAL, [_ANY, _STAIRS, _SAFE], _world(0.2)[0])
    assert [one.size for one in front] == sorted((one.size for one in front), reverse=True)
    assert {one.method for one in front} == {"any", "stairs", "safe"}


def test_a_search_that_was_cut_short_knows_what_it_judged(tmp_path: Path) -> None:
    point = _point("any", 1.5, 10, 0.8)
    Memory(tmp_path / "search", "a").keep(point)
    assert Memory(tmp_path / "search", "a").recall("any", 1.5) == point
    assert Memory(tmp_path / "search", "a").recall("stairs", 1.5) is None
    assert Memory(tmp_path / "search", "b").recall("any", 1.5) is None
    assert Memory(None, "a").recall("any", 1.5) is None


def test_a_record_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "search").write_text("no json\n")
    with pytest.raises(UsageError, match="no record"):
        Memory(tmp_path / "search", "a").recall("any", 1.0)


def test_a_method_that_there_is_not_is_told_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match=r"no method is called zip[^\n]*\n.*feedback"):
        chosen(("feedback", "zip"))
