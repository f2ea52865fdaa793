from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import artifact_of, distribution_files, scene_from, scene_of
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence, Evidence
from deadweight.core.inventory import Inventory
from deadweight.rules.reporting import HERE, Group, Waste, by_owner, finding, findings, measure, outermost

SITE = "usr/lib/python3/site-packages"
WASTE = Waste("waste", (Evidence("it is", "here"),), Confidence.LIKELY, Safety.PROVEN)
PATHS = st.sets(st.lists(st.sampled_from(["a", "a-b", "b"]), min_size=1, max_size=4).map("/".join))


def test_a_directory_counts_all_that_lies_in_it_once() -> None:
    scene = scene_of({"a/b/x": b"12", "a/y": b"345"})
    assert measure(scene, ["a"]) == (5, 5)
    assert measure(scene, ["a", "a/b", "a/b/x"]) == (5, 5)


def test_a_body_counts_only_when_all_its_names_go() -> None:
    link = Entry("b/x", Kind.HARDLINK, target="a/x")
    scene = scene_of({"a/x": b"12345", "b/x": link})
    assert measure(scene, ["a"]) == (0, 0)
    assert measure(scene, ["b"]) == (0, 0)
    assert measure(scene, ["a", "b"]) == (5, 5)


def test_each_owner_has_a_finding_of_its_own() -> None:
    files = {**distribution_files(SITE, "one"), **distribution_files(SITE, "two")}
    paths = [f"{SITE}/one/__init__.py", f"{SITE}/two/__init__.py"]
    found = list(findings(scene_of(files), "rule", paths, WASTE))
    assert [(one.owner, one.paths) for one in found] == [("one 1.0", (paths[0],)), ("two 1.0", (paths[1],))]
    assert all(len(one.edits) == 1 and one.edits[0].paths == one.paths for one in found)


def test_a_directory_belongs_to_the_owner_of_what_is_in_it() -> None:
    scene = scene_of(distribution_files(SITE, "one"))
    assert by_owner(scene, [f"{SITE}/one"]) == [Group("one 1.0", (f"{SITE}/one",))]


def test_a_directory_that_an_archive_does_not_store_is_named_by_its_files() -> None:
    artifact = artifact_of({"a/b/x": b"1", "a/b/y": b"2"})
    files = tuple(entry for entry in artifact.inventory.visible if entry.kind is Kind.FILE)
    scene = scene_from(replace(artifact, inventory=Inventory(files, (), {}, 2)))
    found = finding(scene, "rule", Group("nobody", ("a/b",)), WASTE)
    assert found.paths == ("a/b/x", "a/b/y")
    assert found.size == 2


def test_evidence_that_is_the_paths_themselves_says_the_first_one() -> None:
    waste = replace(WASTE, evidence=(Evidence("it is", HERE), Evidence("it is", "etc/x")))
    found = finding(scene_of({"a": b"1", "b": b"2"}), "rule", Group("nobody", ("b", "a")), waste)
    assert [one.where for one in found.evidence] == ["a", "etc/x"]


def test_no_edit_is_made_of_waste_that_no_edit_mends() -> None:
    found = finding(scene_of({"x": b"1"}), "rule", Group("nobody", ("x",)), replace(WASTE, kind=""))
    assert found.edits == ()
    assert found.safety is Safety.SUGGESTED


@settings(max_examples=80, derandomize=True, deadline=None)
@given(PATHS)
def test_the_outermost_paths_cover_all_and_none_covers_another(paths: set[str]) -> None:
    kept = outermost(paths)
    assert all(any(path == one or path.startswith(one + "/") for one in kept) for path in paths)
    assert not any(one != other and one.startswith(other + "/") for one in kept for other in kept)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(PATHS, st.data())
def test_what_is_measured_never_exceeds_the_whole(paths: set[str], data: st.DataObject) -> None:
    leaves = {path for path in paths if not any(other.startswith(path + "/") for other in paths)}
    scene = scene_of({path: path.encode() for path in leaves})
    chosen = data.draw(st.sets(st.sampled_from(sorted(paths)))) if paths else set()
    size, stored = measure(scene, chosen)
    assert (
        size == stored == sum(len(leaf) for leaf in leaves if any((leaf + "/").startswith(one + "/") for one in chosen))
    )
