from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.facts.requirement_graph import REQUIREMENTS, RequirementGraph


def info(name: str, site: str = SITE) -> str:
    return f"{site}/{name}-1.0.dist-info"


def graph_of(requires: dict[str, list[str]]) -> RequirementGraph:
    parts = [distribution_files(SITE, name, requires=lines) for name, lines in requires.items()]
    return site_scene(*parts).ask(REQUIREMENTS)


def test_a_requirement_is_a_need_by_its_normalised_name() -> None:
    graph = graph_of({"a": ["B_b>=1"], "b-b": []})
    assert [need.on for need in graph.needs[info("a")]] == [f"{SITE}/b_b-1.0.dist-info"]


def test_markers_are_evaluated_for_the_python_of_the_artifact() -> None:
    graph = graph_of({"a": ["old ; python_version < '3.12'", "new ; python_version >= '3.12'"], "old": [], "new": []})
    assert [need.on for need in graph.needs[info("a")]] == [info("new")]


def test_an_extra_counts_where_someone_asks_for_it() -> None:
    lines = {"a": ["b[fast]"], "b": ["c ; extra == 'fast'", "d ; extra == 'slow'"], "c": [], "d": []}
    graph = graph_of(lines)
    assert graph.closure([info("a")]) == {info("a"), info("b"), info("c")}
    assert graph.needs[info("b")][0].extra == "fast"


def test_an_extra_that_nobody_asks_for_and_is_there_whole_is_optional() -> None:
    graph = graph_of({"a": ["b ; extra == 'one'", "b ; extra == 'two'", "x ; extra == 'two'"], "b": []})
    assert [(need.on, need.extra) for need in graph.optional[info("a")]] == [(info("b"), "one")]
    assert not graph.needs


def test_an_extra_that_names_its_own_distribution_is_followed() -> None:
    graph = graph_of({"a": ["b[all]"], "b": ["b[x] ; extra == 'all'", "c ; extra == 'x'"], "c": []})
    assert info("c") in graph.closure([info("a")])


def test_cycles_close() -> None:
    graph = graph_of({"a": ["b"], "b": ["a"]})
    assert graph.closure([info("a")]) == graph.closure([info("b")])


def test_why_tells_who_needs_a_distribution_and_by_which_words() -> None:
    graph = graph_of({"a": ["c>=1"], "b": ["c<9"], "c": []})
    assert [(need.by, need.requirement) for need in graph.why(info("c"))] == [(info("a"), "c>=1"), (info("b"), "c<9")]


def test_what_is_not_installed_is_wanting() -> None:
    assert graph_of({"a": ["gone"]}).wanting == ((info("a"), "gone"),)


def test_a_requirement_that_cannot_be_read_is_a_gap() -> None:
    scene = site_scene(distribution_files(SITE, "a", requires=["b ===== 1"]))
    scene.ask(REQUIREMENTS)
    assert [gap.where for gap in scene.gaps] == [info("a")]


def test_a_requirement_means_the_distribution_of_its_own_site() -> None:
    other = "venv/" + SITE
    scene = site_scene(
        distribution_files(SITE, "a", requires=["b"]), distribution_files(SITE, "b"), distribution_files(other, "b")
    )
    assert [need.on for need in scene.ask(REQUIREMENTS).needs[info("a")]] == [info("b")]


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), unique=True, max_size=4)))
def test_a_closure_is_closed_and_holds_nothing_that_is_not_reached(lines: dict[str, list[str]]) -> None:
    graph = graph_of(lines)
    for name in lines:
        found = graph.closure([info(name)])
        assert all(need.on in found for one in found for need in graph.needs.get(one, ()))
        assert all(one == info(name) or any(need.by in found for need in graph.why(one)) for one in found)


def test_an_extra_that_asks_for_itself_closes() -> None:
    graph = graph_of({"a": ["a[all]", "b ; extra == 'all'"], "b": ["a[all]"]})
    assert graph.closure([info("a")]) == {info("a"), info("b")}


def test_a_requirement_without_a_marker_is_no_need_of_an_extra() -> None:
    graph = graph_of({"top": ["a[fast]"], "a": ["b", "c ; extra == 'fast'"], "b": [], "c": []})
    assert {(need.on, need.extra) for need in graph.needs[info("a")]} == {(info("b"), ""), (info("c"), "fast")}


def test_a_marker_of_another_system_is_no_need() -> None:
    lines = ["a ; sys_platform == 'win32'", "b ; platform_system == 'Linux'", "c ; implementation_name == 'pypy'"]
    graph = graph_of({"top": lines, "a": [], "b": [], "c": []})
    assert [need.on for need in graph.needs[info("top")]] == [info("b")]


def test_what_is_asked_for_by_address_is_a_need_by_its_name() -> None:
    graph = graph_of({"top": ["b @ https://example.invalid/b-1.0.tar.gz"], "b": []})
    assert [need.on for need in graph.needs[info("top")]] == [info("b")]
