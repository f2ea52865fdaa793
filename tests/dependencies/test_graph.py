"""The graph of demands: extras, markers, cycles, what is missing, what nobody asks for."""

from __future__ import annotations

from builders.installations import ask, graph, part
from deadweight.dependencies.conflicts import chain_names
from deadweight.dependencies.graph import Graph
from deadweight.dependencies.node import Ask, Kind, Node


def reached(found: Graph) -> set[str]:
    return {str(node) for node in found.demands if node.kind in (Kind.DISTRIBUTION, Kind.EXTRA)}


def test_extras_are_followed_over_extras() -> None:
    parts = [
        part("web", "core", 'web[fast]; extra == "all"', 'loop; extra == "fast"', 'docs; extra == "other"'),
        *map(part, ("core", "loop", "docs")),
    ]
    found = graph(parts, "web[all]")
    assert reached(found) == {"web", "web[all]", "web[fast]", "core", "loop"}
    assert [one.name for one in found.unasked] == ["docs"]


def test_an_extra_that_another_distribution_asks_for_counts() -> None:
    parts = [part("app", "lib[plus]"), part("lib", "more; extra == 'plus'"), part("more")]
    assert reached(graph(parts, "app")) == {"app", "lib", "lib[plus]", "more"}


def test_markers_are_those_of_the_target() -> None:
    parts = [part("app", 'old; python_version < "3"', 'win; sys_platform == "win32"', "all"), part("all")]
    found = graph(parts, "app", 'never; sys_platform == "win32"')
    assert reached(found) == {"app", "all"}
    assert not found.missing


def test_what_is_demanded_and_not_there_is_missing() -> None:
    assert graph([part("app", "gone", "gone-too[x]")], "app", "never-there").missing == {
        "gone",
        "gone-too",
        "never-there",
    }


def test_cycles_end() -> None:
    parts = [part("a", "b[x]"), part("b", 'a[y]; extra == "x"'), part("a-more")]
    found = graph([*parts[1:], part("a", "b[x]", 'a-more; extra == "y"')], "a")
    assert reached(found) == {"a", "a[y]", "b", "b[x]", "a-more"}


def test_the_chain_is_the_shortest_way_from_what_is_asked_for() -> None:
    parts = [part("a", "b"), part("b", "c"), part("c", "d"), part("d"), part("e", "d")]
    found = graph(parts, "a", "e")
    node = Node(Kind.DISTRIBUTION, "d")
    assert [name for name, _ in chain_names(found, node)] == ["e", "d"]
    assert found.chain(Node(Kind.DISTRIBUTION, "nowhere")) == ()


def test_demands_of_what_nobody_asks_for_are_known_too() -> None:
    found = graph([part("a"), part("tool", "a<1")], "a")
    assert {str(one.by) for one in found.demanded["a"]} == {"a", "tool"}


def test_one_name_that_is_asked_for_in_two_places_is_one_requirement() -> None:
    found = graph([part("a")], ask("a>=1"), ask("a", "dev"), Ask("a", "a[x]", "docs"))
    assert [one.on.name for one in found.demands[Node(Kind.ROOT)]] == ["a"]
    assert sorted(one.group for one in found.asks.values()) == ["", "dev", "docs"]
