"""The closure of a listing under any way of following: complete, with chains that hold."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.closure import Closure, Step, close, close_in_turn
from deadweight.core.entry import Entry, Kind
from deadweight.core.listing import Listing

NAMES = [f"f{number}" for number in range(8)]


def listing_of(*paths: str, links: dict[str, str] | None = None) -> Listing:
    entries = [Entry(path, Kind.FILE) for path in paths]
    entries += [Entry(path, Kind.SYMLINK, target=target) for path, target in (links or {}).items()]
    return Listing(tuple(sorted(entries, key=lambda one: one.path)), {})


def follow_of(needs: dict[str, list[str]]) -> Callable[[str], list[Step]]:
    return lambda path: [Step(other, "needs it", path) for other in needs.get(path, [])]


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4)), st.sampled_from(NAMES))
@settings(max_examples=80, derandomize=True)
def test_everything_at_any_remove_is_a_member_and_nothing_else(needs: dict[str, list[str]], start: str) -> None:
    steps = close([Step(start, "is run")], follow_of(needs), listing_of(*NAMES))
    expected, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        if here not in expected:
            expected.add(here)
            waiting += needs.get(here, [])
    assert set(steps) == expected


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4)))
@settings(max_examples=80, derandomize=True)
def test_a_chain_leads_from_a_way_in_to_the_path_by_steps_that_are_needs(needs: dict[str, list[str]]) -> None:
    closure = Closure(close([Step("f0", "is run")], follow_of(needs), listing_of(*NAMES)))
    for path in closure.steps:
        chain = closure.chain(path)
        assert (chain[0].path, chain[0].because, chain[-1].path) == ("f0", "", path)
        for before, after in pairwise(chain):
            assert after.because == before.path
            assert after.path in needs[before.path]


def test_chains_are_the_shortest() -> None:
    steps = close(
        [Step("f0", "is run")], follow_of({"f0": ["f1", "f3"], "f1": ["f2"], "f2": ["f3"]}), listing_of(*NAMES)
    )
    assert [one.path for one in Closure(steps).chain("f3")] == ["f0", "f3"]


def test_what_is_not_there_is_passed_over() -> None:
    steps = close([Step("f0", "is run"), Step("nowhere", "is guessed")], follow_of({"f0": ["gone"]}), listing_of("f0"))
    assert set(steps) == {"f0"}


def test_the_links_on_the_way_are_members_with_what_they_lead_to() -> None:
    links = {"bin": "usr/bin", "usr/bin/python3": "python3.11", "usr/bin/python": "/usr/bin/python3"}
    listing = listing_of("usr/bin/python3.11", links=links)
    steps = close([Step("bin/python", "is run")], lambda path: (), listing)
    assert set(steps) == {"bin", "usr/bin/python", "usr/bin/python3", "usr/bin/python3.11"}
    assert Closure(steps).chain("usr/bin/python3.11")[0].says == "is run"


def test_links_that_lead_round_end() -> None:
    listing = listing_of("x", links={"a": "b", "b": "a"})
    assert "x" not in close([Step("a", "is run")], lambda path: (), listing)


def test_a_directory_is_a_member_without_what_lies_in_it() -> None:
    assert set(close([Step("d", "is listed")], lambda path: (), listing_of("d/file"))) == {"d"}


def test_nothing_reaches_what_has_no_chain() -> None:
    assert Closure({}).chain("x") == ()


def test_the_root_is_no_member() -> None:
    """The empty path asks a kind of need for its seeds: a script that says `/` would be the reason of everything."""
    assert close([Step("", "is named"), Step("a/..", "is named")], lambda path: (), listing_of("a/b")) == {}


def optional_of(needs: dict[str, list[str]], optional: set[str]) -> Callable[[str], list[Step]]:
    """Steps that are optional where they lead to one of these."""
    return lambda path: [
        Step(other, "needs it", path, optional=other in optional and path not in optional)
        for other in needs.get(path, [])
    ]


def test_what_only_optional_steps_lead_to_is_optional_with_all_that_it_needs() -> None:
    needs = {"f0": ["f1", "f2"], "f1": ["f3"], "f2": ["f4"], "f4": ["f3", "f5"]}
    found = close_in_turn(
        [Step("f0", "is run")], optional_of(needs, {"f2"}), listing_of(*NAMES), lambda step, steps: False
    )
    assert found.optional == {"f2", "f4", "f5"}
    assert set(found.steps) == {"f0", "f1", "f2", "f3", "f4", "f5"}
    assert set(found.without_optional().steps) == {"f0", "f1", "f3"}


def test_an_optional_step_that_turns_out_to_be_wanted_is_one_like_others() -> None:
    needs = {"f0": ["f1", "f2"], "f2": ["f4"]}
    found = close_in_turn(
        [Step("f0", "is run")], optional_of(needs, {"f1", "f2"}), listing_of(*NAMES), lambda step, _: step.path == "f2"
    )
    assert found.optional == {"f1"}
    assert found.chain("f4")[-1].because == "f2"


@given(
    st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4)),
    st.sets(st.sampled_from(NAMES[1:])),
)
@settings(max_examples=80, derandomize=True)
def test_with_optional_steps_all_is_reached_and_without_them_what_is_when_they_lead_nowhere(
    needs: dict[str, list[str]], optional: set[str]
) -> None:
    seeds, listing = [Step("f0", "is run")], listing_of(*NAMES)
    found = close_in_turn(seeds, optional_of(needs, optional), listing, lambda step, steps: False)
    bare = {
        path: [other for other in others if other not in optional or path in optional] for path, others in needs.items()
    }
    assert set(found.steps) == set(close(seeds, follow_of(needs), listing))
    assert set(found.without_optional().steps) == set(close(seeds, follow_of(bare), listing))
