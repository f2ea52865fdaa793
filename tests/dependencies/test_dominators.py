"""Immediate dominators, against the definition: the last node without which there is no way."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.dependencies.dominators import immediate_dominators, reverse_postorder

Edges = dict[int, list[int]]
GRAPHS = st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=4), max_size=10)


def reached(edges: Edges, without: int | None = None) -> set[int]:
    seen: set[int] = set()
    waiting = [0] if without != 0 else []
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(one for one in edges.get(node, ()) if one != without)
    return seen


@settings(max_examples=300, derandomize=True)
@given(GRAPHS)
def test_a_node_dominates_what_is_out_of_reach_without_it(edges: Edges) -> None:
    above = immediate_dominators(edges, 0)
    everything = reached(edges)
    assert above.keys() == everything
    for node in everything - {0}:
        chain = {node}
        at = node
        while at != 0:
            at = above[at]
            chain.add(at)
        assert chain == {one for one in everything if node not in reached(edges, one)} | {0, node}


@settings(max_examples=100, derandomize=True)
@given(GRAPHS)
def test_every_node_comes_once_and_the_root_first(edges: Edges) -> None:
    order = reverse_postorder(edges, 0)
    assert order[0] == 0
    assert sorted(order) == sorted(reached(edges))


def test_a_chain_of_ten_thousand_needs_no_recursion() -> None:
    above = immediate_dominators({number: [number + 1] for number in range(10_000)}, 0)
    assert above[10_000] == 9_999


def test_a_cycle_behind_one_way_in_hangs_on_it() -> None:
    assert immediate_dominators({0: [1], 1: [2], 2: [3], 3: [1]}, 0) == {0: 0, 1: 0, 2: 1, 3: 2}
