"""The search over methods and how coarse they are, what it asks for, and what it remembers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import UsageError
from deadweight.core.squeeze_report import Judged, Tried
from deadweight.squeezing.aiming import TOLERANCE
from deadweight.squeezing.memory import Memory
from deadweight.squeezing.method import Layer, Method, chosen
from deadweight.squeezing.search import STRIDE, Aim, best, search
from deadweight.squeezing.storing.squeezed import Squeezed

_ORIGINAL = 1_000_000


def _nothing(layer: Layer, _: float) -> Squeezed:
    raise AssertionError(f"the search looks at points, not at {layer}")


_ANY = Method("any", "takes any factor", _nothing, 1.0)
_STAIRS = Method("stairs", "has three", _nothing, 1.0, (0.1, 0.2, 0.3))
_SAFE = Method("safe", "always passes", _nothing, 0.0, (1.0,), is_exact=True)


def _point(method: str, factor: float, size: int, lower: float) -> Tried:
    return Tried(factor, size, (Judged("one", 1.0, lower, lower, 100),), method, lower)


@dataclass(slots=True)
class _World:
    """A factor's file shrinks with it, and all up to `keeps` is safe; the safe method always is.

    A guess is `off` times the bytes that the file comes to.
    """

    keeps: float
    off: float = 1.0
    guessed: list[tuple[str, float]] = field(default_factory=list)
    sized: list[tuple[str, float]] = field(default_factory=list)
    judged: list[tuple[str, float]] = field(default_factory=list)

    def guess(self, method: Method, factor: float) -> float:
        self.guessed.append((method.name, factor))
        return self.off * self._size(method, factor)

    def size(self, method: Method, factor: float) -> int:
        self.sized.append((method.name, factor))
        return self._size(method, factor)

    def judge(self, method: Method, factor: float) -> Tried:
        self.judged.append((method.name, factor))
        lower = 1.0 if method is _SAFE or factor <= self.keeps else 0.5
        return _point(method.name, factor, self._size(method, factor), lower)

    def _size(self, method: Method, factor: float) -> int:
        return 800_000 if method is _SAFE else int(_ORIGINAL / (10 * factor**0.8)) + 3_000


def _best(aim: Aim, methods: Sequence[Method], world: _World) -> Tried | None:
    return best(aim, _ORIGINAL, search(aim, _ORIGINAL, methods, world))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.floats(STRIDE**-16, STRIDE**13))
def test_the_search_finds_the_coarsest_that_is_safe_within_a_stride(keeps: float) -> None:
    world = _World(keeps)
    found = _best(Aim(0.95), [_ANY], world)
    assert found is not None
    assert found.factor <= keeps
    assert found.factor > keeps / STRIDE * 0.999 or found.factor >= 7.9
    assert len(world.judged) == len(set(world.judged)) <= 8
    assert not world.sized


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.floats(3.0, 45.0), st.floats(0.8, 1.25))
def test_a_ratio_is_met_and_not_overdone_by_sizes_alone(ratio: float, off: float) -> None:
    world = _World(0.0, off)
    found = _best(Aim(0.95, ratio=ratio), [_ANY], world)
    assert found is not None
    assert ratio <= _ORIGINAL / found.size <= ratio / (1 - TOLERANCE) * 1.001
    assert len(world.judged) == 1
    assert len(world.sized) <= 4


def test_no_point_is_asked_for_twice() -> None:
    world = _World(1.3, off=0.9)
    search(Aim(0.95, 12.0, is_whole=True), _ORIGINAL, [_ANY, _STAIRS, _SAFE], world)
    for asked in (world.guessed, world.sized, world.judged):
        assert not [one for one, count in Counter(asked).items() if count > 1]


def test_development_has_no_word_on_where_the_point_of_a_ratio_lies() -> None:
    places = {_place(_best(Aim(0.95, ratio=9.0), [_ANY], _World(keeps))) for keeps in (0.0, 0.5, 1.0, 8.0)}
    assert len(places) == 1


def _place(point: Tried | None) -> float:
    assert point is not None
    return point.factor


@pytest.mark.parametrize("ratio", [0.5, 0.8])
def test_a_ratio_that_the_finest_has_takes_the_finest(ratio: float) -> None:
    world = _World(8.0)
    found = _best(Aim(0.95, ratio=ratio), [_ANY], world)
    assert found is not None
    assert found.factor == pytest.approx(0.05)
    assert len(world.sized) == 1


def test_a_ratio_that_no_factor_has_is_not_judged_and_its_sizes_are_told() -> None:
    world = _World(8.0)
    front = search(Aim(0.95, ratio=1000.0), _ORIGINAL, [_ANY, _SAFE], world)
    assert not world.judged
    assert best(Aim(0.95, ratio=1000.0), _ORIGINAL, front) is None
    assert {one.method for one in front} == {"any", "safe"}
    assert not any(one.judged for one in front)


def test_of_listed_factors_the_finest_that_is_small_enough_is_judged_alone() -> None:
    world = _World(8.0)
    ratio = _ORIGINAL / world.size(_STAIRS, 0.2)
    front = search(Aim(0.95, ratio=ratio), _ORIGINAL, [_STAIRS], world)
    assert world.judged == [("stairs", 0.2)]
    assert ("stairs", 0.1) not in world.sized
    assert best(Aim(0.95, ratio=ratio), _ORIGINAL, front) is not None


def test_where_nothing_is_safe_nothing_is_best() -> None:
    world = _World(0.0)
    assert _best(Aim(0.95), [_ANY], world) is None
    assert len(world.judged) <= 5


def test_a_point_that_passes_and_is_not_safe_does_not_go_to_the_gate() -> None:
    passes = Tried(1.0, 100, (Judged("one", 1.0, 0.97, 0.951, 300),), "any", 0.94)
    safe = Tried(0.5, 200, (Judged("one", 1.0, 0.99, 0.97, 300),), "any", 0.96)
    assert passes.passes(0.95)
    assert best(Aim(0.95), 1000, (passes, safe)) == safe
    assert best(Aim(0.95), 1000, (passes,)) is None
    assert best(Aim(0.95, ratio=10.0), 1000, (passes,)) == passes


def test_a_method_of_few_factors_is_tried_until_one_is_too_coarse() -> None:
    world = _World(0.1)
    search(Aim(0.95), _ORIGINAL, [_STAIRS], world)
    assert world.judged == [("stairs", 0.1), ("stairs", 0.2)]


def test_a_method_that_passes_is_the_last_unless_all_were_named() -> None:
    for is_whole, names in ((False, {"any"}), (True, {"any", "safe"})):
        world = _World(1.0)
        search(Aim(0.95, is_whole=is_whole), _ORIGINAL, [_ANY, _SAFE], world)
        assert {name for name, _ in world.judged} == names


def test_where_the_first_method_never_passes_the_next_is_asked() -> None:
    found = _best(Aim(0.95), [_ANY, _SAFE], _World(0.0))
    assert found is not None
    assert found.method == "safe"


def test_of_two_methods_that_are_small_enough_the_one_that_keeps_more_is_best() -> None:
    tried = (
        _point("any", 1.0, 90_000, 0.90),
        Tried(2.0, 80_000, (), "any"),
        _point("stairs", 0.1, 95_000, 0.97),
        _point("safe", 1.0, 800_000, 1.0),
    )
    found = best(Aim(0.95, ratio=10.0), _ORIGINAL, tried)
    assert found is not None
    assert (found.method, found.factor) == ("stairs", 0.1)


def test_the_front_is_by_bytes_and_names_the_method_of_each_point() -> None:
    front = search(Aim(0.95, is_whole=True), _ORIGINAL, [_ANY, _STAIRS, _SAFE], _World(0.2))
    assert [one.size for one in front] == sorted((one.size for one in front), reverse=True)
    assert {one.method for one in front} == {"any", "stairs", "safe"}


def test_a_search_that_was_cut_short_knows_what_it_judged(tmp_path: Path) -> None:
    point = Tried(1.5, 10, (Judged("one", 1.0, 0.8, 0.8, 100),), "any")
    Memory(tmp_path / "search", "a").keep(point)
    assert Memory(tmp_path / "search", "a").recall("any", 1.5) == point
    assert Memory(tmp_path / "search", "a").recall("stairs", 1.5) is None
    assert Memory(tmp_path / "search", "b").recall("any", 1.5) is None
    assert Memory(None, "a").recall("any", 1.5) is None


def test_what_was_made_for_its_size_is_known_by_it_and_not_taken_for_judged(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "search", "a")
    memory.keep(Tried(1.5, 10, (), "any"))
    assert memory.recall("any", 1.5) is None
    assert memory.size("any", 1.5) == 10
    memory.keep(_point("any", 1.5, 11, 0.8))
    memory.keep(_point("any", 1.5, 12, 0.9))
    judged = memory.recall("any", 1.5)
    assert judged is not None
    assert judged.size == 11
    assert memory.size("any", 1.5) == 10
    assert Memory(None, "a").size("any", 1.5) is None


def test_a_record_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "search").write_text("no json\n")
    with pytest.raises(UsageError, match="no record"):
        Memory(tmp_path / "search", "a").recall("any", 1.0)


def test_a_method_that_there_is_not_is_told_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match=r"no method is called zip[^\n]*\n.*feedback"):
        chosen(("feedback", "zip"))


def test_what_was_remembered_of_another_size_is_of_another_model(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "search", "a")
    memory.about("14").keep(_point("any", 8.0, 11, 0.8))
    assert memory.about("14").recall("any", 8.0) is not None
    assert memory.about("0").recall("any", 8.0) is None
