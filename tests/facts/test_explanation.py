"""Why something is in an artifact."""

from __future__ import annotations

import pytest

from builders.scenes import artifact_of, distribution_files, entry_of, scene_from, scene_of
from builders.sites import SITE, site_scene
from deadweight.core.inventory import Cause, Shadow
from deadweight.core.layers import Layer
from deadweight.core.scene import Scene
from deadweight.facts.explanation import MOST_COPIES, OWNERS, Explanation, explain

LAYERS = tuple(
    Layer(index, "sha256:0", "sha256:0", "tar", 1, 1, made)
    for index, made in enumerate(("COPY . /app", "RUN rm -r /app/cache"))
)


def explained(scene: Scene, subject: str) -> Explanation:
    said = explain(scene, subject)
    assert said is not None
    return said


def layered() -> Scene:
    """A file that a later layer wrote again, and a directory that it removed."""
    hidden = (
        (Shadow(entry_of("app/main.py", b"old"), Cause.OVERWRITTEN, 1), b"old"),
        (Shadow(entry_of("app/cache/a", b"12345"), Cause.REMOVED_DIRECTORY, 1), b"12345"),
        (Shadow(entry_of("app/cache/b", b"67"), Cause.REMOVED_DIRECTORY, 1), b"67"),
    )
    return scene_from(artifact_of({"app/main.py": entry_of("app/main.py", b"new!", layer=1)}, hidden, LAYERS))


def needing() -> Scene:
    return site_scene(
        distribution_files(SITE, "top", requires=["below>=1", "missing; extra == 'x'"]),
        distribution_files(SITE, "below"),
        distribution_files(SITE, "alone"),
    )


def test_a_path_is_explained_by_who_has_it_and_where_that_was_read() -> None:
    said = explained(needing(), f"{SITE}/below/__init__.py")
    assert (said.owner, said.kind, said.files) == ("below 1.0", "python distribution", 1)
    assert said.source == f"{SITE}/below-1.0.dist-info/RECORD"


@pytest.mark.parametrize("spelled", ["below", "below 1.0", "BELOW"])
def test_an_owner_is_explained_by_its_name(spelled: str) -> None:
    said = explained(needing(), spelled)
    assert said.owner == "below 1.0"
    assert said.files == len(distribution_files(SITE, "below"))


def test_a_name_is_found_however_its_dashes_are_spelled() -> None:
    scene = site_scene(distribution_files(SITE, "scikit-learn"))
    assert explained(scene, "Scikit_Learn").owner == "scikit-learn 1.0"


def test_who_needs_a_distribution_is_told_with_the_requirement() -> None:
    assert explained(needing(), "below").needed_by == ("top 1.0, which requires below>=1",)
    assert explained(needing(), "alone").needed_by == ()


def test_what_a_distribution_needs_is_told_as_it_says_so() -> None:
    assert explained(needing(), "top").needs == ("below>=1", "missing; extra == 'x'")


def test_what_is_no_distribution_needs_nothing() -> None:
    said = explained(scene_of({"app/main.py": b"import os\n"}), "app/main.py")
    assert (said.needs, said.needed_by) == ((), ())


@pytest.mark.parametrize("subject", ["nothing/of/this", "no-such-owner", "/", ""])
def test_what_is_not_there_has_no_explanation(subject: str) -> None:
    assert explain(needing(), subject) is None


@pytest.mark.parametrize("subject", ["app/main.py", "/app/main.py", "app/main.py/"])
def test_a_path_is_found_with_or_without_its_slashes(subject: str) -> None:
    assert explained(scene_of({"app/main.py": b"x"}), subject).files == 1


def test_a_directory_is_explained_by_whom_most_of_it_belongs_to() -> None:
    parts = distribution_files(SITE, "large", files={"large.py": b"x" * 5000})
    small = distribution_files(SITE, "small", files={"small.py": b"x"})
    assert explained(site_scene(parts, small), SITE).owner == "large 1.0"


def test_copies_of_a_file_are_told_and_it_is_none_of_them() -> None:
    scene = scene_of({"a/model.bin": b"x" * 5000, "b/model.bin": b"x" * 5000, "c": b"y" * 5000})
    assert explained(scene, "a/model.bin").copies == ("b/model.bin",)
    assert explained(scene, "c").copies == ()


def test_of_a_directory_no_copies_are_told() -> None:
    assert explained(scene_of({"a/m": b"x" * 5000, "b/m": b"x" * 5000}), "a").copies == ()


def test_copies_are_told_up_to_a_number() -> None:
    scene = scene_of({f"copy{number:02}/m": b"x" * 5000 for number in range(MOST_COPIES + 5)})
    assert len(explained(scene, "copy00/m").copies) == MOST_COPIES


def test_the_layer_and_its_instruction_are_told() -> None:
    (origin,) = explained(layered(), "app/main.py").origins
    assert (origin.layer, origin.instruction, origin.files, origin.size) == (1, "RUN rm -r /app/cache", 1, 4)


def test_an_artifact_without_layers_has_no_origins() -> None:
    assert explained(scene_of({"a": b"x"}), "a").origins == ()


def test_what_is_hidden_of_a_path_is_counted() -> None:
    assert explained(layered(), "app/main.py").hidden == 3
    assert explained(layered(), "app/main.py").hidden_by == ()


@pytest.mark.parametrize(("subject", "size"), [("app/cache", 7), ("/app/cache/", 7), ("app/cache/a", 5)])
def test_what_a_later_layer_hides_is_explained_by_that_layer(subject: str, size: int) -> None:
    said = explained(layered(), subject)
    assert (said.owner, said.size, said.hidden) == ("nobody", size, size)
    assert said.hidden_by == ("layer 1 (directory removed by a later layer): RUN rm -r /app/cache",)
    assert [origin.instruction for origin in said.origins] == ["COPY . /app"]


def test_a_name_that_only_begins_like_a_hidden_one_is_not_there() -> None:
    assert explain(layered(), "app/cach") is None


def test_rivals_are_the_others_who_record_the_path() -> None:
    one, two = (distribution_files(SITE, name, files={"shared.py": b"x"}) for name in ("one", "two"))
    said = explained(site_scene(one, two), f"{SITE}/shared.py")
    assert {said.owner, *said.rivals} == {"one 1.0", "two 1.0"}
    assert len(said.rivals) == 1


def test_owners_are_told_sorted_and_once() -> None:
    owners = needing().ask(OWNERS)
    assert {"alone 1.0", "below 1.0", "top 1.0"} <= set(owners)
    assert list(owners) == sorted(set(owners))
