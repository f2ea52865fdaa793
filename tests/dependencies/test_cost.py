"""Costs, against the deletion of edges: what is out of reach without a node is what it holds."""

from __future__ import annotations

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.installations import MARKERS, ask, graph, part
from deadweight.dependencies.bytes import Bytes, bytes_of
from deadweight.dependencies.cost import costs, dominated, freed_without, held_by
from deadweight.dependencies.graph import Graph, graph_of
from deadweight.dependencies.node import ROOT, Ask, Kind, Node, Part

NAMES = list(string.ascii_lowercase[:8])
REQUIREMENT = st.one_of(
    st.sampled_from(NAMES),
    st.builds("{}[{}]".format, st.sampled_from(NAMES), st.sampled_from("xy")),
)
LINE = st.one_of(REQUIREMENT, st.builds('{} ; extra == "{}"'.format, REQUIREMENT, st.sampled_from("xy")))
PARTS = st.lists(
    st.builds(part, st.sampled_from(NAMES), LINE, LINE, LINE, size=st.integers(1, 1000)),
    unique_by=lambda one: one.name,
    max_size=8,
)
ASKS = st.lists(st.builds(ask, REQUIREMENT, st.sampled_from(["", "dev", "docs"])), min_size=1, max_size=6)


def there(found: Graph, without: frozenset[Node] = frozenset()) -> set[str]:
    """The parts that the root reaches by other ways."""
    nodes = found.below([ROOT], without)
    return {node.name for node in nodes if node.kind is Kind.DISTRIBUTION and node.name in found.parts}


@settings(max_examples=250, derandomize=True, deadline=None)
@given(PARTS, ASKS)
def test_every_node_holds_what_is_out_of_reach_without_it(parts: list[Part], asks: list[Ask]) -> None:
    found = graph(parts, *asks)
    for node, names in dominated(found).items():
        if node != ROOT:
            assert set(names) == there(found) - there(found, frozenset({node})), node


@settings(max_examples=250, derandomize=True, deadline=None)
@given(PARTS, ASKS)
def test_a_group_frees_what_a_graph_without_it_does_not_reach(parts: list[Part], asks: list[Ask]) -> None:
    found = graph(parts, *asks)
    for cost in costs(found, "").groups:
        rest = graph_of(parts, [one for one in asks if one.group != cost.name], MARKERS)
        assert set(cost.frees) == there(found) - there(rest)
        assert cost.retained.installed >= cost.apart.installed


@settings(max_examples=150, derandomize=True, deadline=None)
@given(PARTS, ASKS, st.sets(st.integers(0, 5)))
def test_any_set_of_asks_frees_what_is_out_of_reach_without_them(
    parts: list[Part], asks: list[Ask], numbers: set[int]
) -> None:
    found = graph(parts, *asks)
    gone = frozenset(node for number, node in enumerate(found.asks) if number in numbers)
    assert set(freed_without(held_by(found), gone)) == there(found) - there(found, gone)


@settings(max_examples=250, derandomize=True, deadline=None)
@given(PARTS, ASKS)
def test_retained_shared_and_unasked_bytes_add_up_to_the_whole(parts: list[Part], asks: list[Ask]) -> None:
    found = costs(graph(parts, *asks), "")
    retained = sum((one.retained for one in found.requirements), Bytes())
    assert retained + found.shared_bytes + found.unasked.retained == found.whole == bytes_of(parts)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(PARTS, ASKS)
def test_what_is_retained_is_never_more_than_all_that_it_leads_to(parts: list[Part], asks: list[Ask]) -> None:
    for cost in costs(graph(parts, *asks), "").requirements:
        assert cost.own.installed <= max(cost.closure.installed, cost.own.installed)
        assert cost.retained.installed <= cost.closure.installed


def test_a_cycle_goes_with_the_one_that_brings_it() -> None:
    """pipdeptree's count of references says 0 here: A brings B, and B and C require each other."""
    parts = [part("a", "b", size=1), part("b", "c", size=2), part("c", "b", size=3)]
    (cost,) = costs(graph(parts, "a"), "").requirements
    assert cost.retained.installed == 6
    assert cost.frees == ("a", "b", "c")


def test_two_that_share_something_free_more_together_than_one_by_one() -> None:
    parts = [part("jupyter", "babel", size=100), part("sphinx", "babel", size=20), part("babel", size=30), part("app")]
    found = costs(graph(parts, "app", ask("jupyter", "dev"), ask("sphinx", "dev")), "")
    dev = next(one for one in found.groups if one.name == "dev")
    assert (dev.retained.installed, dev.apart.installed) == (150, 120)
    assert [(one.holders, one.held.installed) for one in found.shared] == [(("jupyter", "sphinx"), 30)]


def test_an_extra_costs_what_only_it_adds() -> None:
    parts = [
        part("web", "core", 'loop; extra == "fast"', 'core; extra == "fast"', size=10),
        part("core"),
        part("loop", size=7),
    ]
    (extra,) = costs(graph(parts, "web[fast]"), "").extras
    assert (extra.name, extra.retained.installed, extra.frees) == ("web[fast]", 7, ("loop",))


def test_one_name_asked_for_by_two_groups_goes_with_neither_and_as_a_requirement() -> None:
    found = costs(graph([part("a", size=5)], ask("a", "dev"), ask("a", "docs")), "")
    assert [one.retained.installed for one in found.groups] == [0, 0]
    assert [one.retained.installed for one in found.requirements] == [5]
    assert found.requirements[0].groups == ("dev", "docs")


def test_bytes_that_are_not_known_are_counted_and_never_taken_for_none() -> None:
    amount = bytes_of([part("a", size=None), part("b", size=3, download=9)])
    assert (amount.installed, amount.unsized, amount.download, amount.unfetched) == (3, 1, 9, 1)
    assert amount.knows_installed
    assert not bytes_of([part("a", size=None)]).knows_installed


def test_what_nobody_asks_for_stands_by_itself() -> None:
    found = costs(graph([part("a", size=1), part("pip", size=9)], "a"), "")
    assert (found.unasked.frees, found.unasked.retained.installed) == (("pip",), 9)
