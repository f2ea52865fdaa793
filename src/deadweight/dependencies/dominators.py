"""The immediate dominator of every node of a directed graph, cycles and all.

Source: Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm", 2001.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

N = TypeVar("N")


def immediate_dominators(successors: Mapping[N, Sequence[N]], root: N) -> dict[N, N]:
    """For each node that the root reaches, the last node that every way from the root to it goes through.

    The root is its own.
    """
    order = reverse_postorder(successors, root)
    rank = {node: number for number, node in enumerate(order)}
    predecessors: list[list[int]] = [[] for _ in order]
    for node in order:
        for target in successors.get(node, ()):
            predecessors[rank[target]].append(rank[node])
    nearest = _settled(predecessors)
    return {order[number]: order[above] for number, above in enumerate(nearest)}


def _settled(predecessors: Sequence[Sequence[int]]) -> list[int]:
    """The dominators by number in reverse postorder, repeated until nothing changes; -1 is not known yet."""
    nearest = [0] + [-1] * (len(predecessors) - 1)
    changed = True
    while changed:
        changed = False
        for number in range(1, len(predecessors)):
            known = [one for one in predecessors[number] if nearest[one] >= 0]
            found = known[0]
            for other in known[1:]:
                found = _meeting(nearest, found, other)
            if nearest[number] != found:
                nearest[number], changed = found, True
    return nearest


def _meeting(nearest: Sequence[int], one: int, other: int) -> int:
    """The nearest node that is above both."""
    while one != other:
        if one > other:
            one = nearest[one]
        else:
            other = nearest[other]
    return one


def reverse_postorder(successors: Mapping[N, Sequence[N]], root: N) -> list[N]:
    """The nodes that the root reaches, each before what it leads to wherever no cycle forbids it."""
    seen, found = {root}, []
    stack = [(root, iter(successors.get(root, ())))]
    while stack:
        node, rest = stack[-1]
        following = next((target for target in rest if target not in seen), None)
        if following is None:
            found.append(node)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(successors.get(following, ()))))
    return found[::-1]
