"""How the bytes of an artifact add up over its owners."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import artifact_of, distribution_files, entry_of, scene_from, scene_of
from builders.sites import SITE, site_scene
from deadweight.core.inventory import Cause, Shadow
from deadweight.core.layers import Layer
from deadweight.core.report import Composition, Share
from deadweight.core.scene import Scene
from deadweight.facts.composition import COMPOSITION

SIZES = st.dictionaries(
    st.sampled_from([f"{top}/{name}" for top in ("app", "usr/lib", "a") for name in "xyz"]), st.binary()
)


def shares(composition: Composition) -> dict[str, Share]:
    return {share.owner: share for share in composition.owners}


def shadowed_scene() -> Scene:
    """A file of 3 bytes over one of 5 bytes in the layer below, and one that is removed."""
    hidden = (
        (Shadow(entry_of("app/a", b"12345"), Cause.OVERWRITTEN, 1), b"12345"),
        (Shadow(entry_of("app/gone", b"1234567"), Cause.REMOVED_FILE, 1), b"1234567"),
    )
    layers = tuple(Layer(index, "sha256:0", "sha256:0", "tar", 1, 1, f"RUN {index}") for index in range(2))
    return scene_from(artifact_of({"app/a": entry_of("app/a", b"123", layer=1)}, hidden, layers))


@settings(max_examples=40, derandomize=True, deadline=None)
@given(SIZES)
def test_the_sums_over_owners_add_up_to_the_whole(files: dict[str, bytes]) -> None:
    composition = scene_of(files).ask(COMPOSITION)
    assert sum(share.stored for share in composition.owners) == composition.visible == composition.total
    assert sum(share.size for share in composition.owners) == composition.unpacked
    assert sum(share.files for share in composition.owners) == len(files)


def test_what_is_hidden_is_counted_beside_what_is_seen() -> None:
    composition = shadowed_scene().ask(COMPOSITION)
    assert (composition.visible, composition.shadowed, composition.total) == (3, 12, 15)
    assert sum(share.hidden for share in composition.owners) == 12
    assert sum(share.size for share in composition.owners) == 3


def test_dead_bytes_are_told_by_their_cause() -> None:
    assert shadowed_scene().ask(COMPOSITION).dead == {"overwritten": 5, "file removed by a later layer": 7}


def test_an_artifact_without_layers_has_no_dead_bytes() -> None:
    composition = scene_of({"a": b"x"}).ask(COMPOSITION)
    assert (composition.dead, composition.layers, composition.shadowed) == ({}, (), 0)


def test_the_largest_owner_comes_first_and_equal_ones_by_name() -> None:
    parts = [distribution_files(SITE, name, files={f"{name}.py": b"x" * 1000}) for name in ("beta", "alfa")]
    large = distribution_files(SITE, "zulu", files={"zulu.py": b"x" * 9000})
    names = [share.owner for share in site_scene(*parts, large).ask(COMPOSITION).owners]
    assert names == ["zulu 1.0", "alfa 1.0", "beta 1.0"]


def test_an_owner_has_its_metadata_too() -> None:
    files = distribution_files(SITE, "pkg", files={"pkg.py": b"12345"})
    share = shares(site_scene(files).ask(COMPOSITION))["pkg 1.0"]
    assert (share.files, share.size) == (len(files), sum(map(len, files.values())))


def test_directories_are_no_files_and_make_no_owner() -> None:
    composition = scene_of({"a/b/c": b"x"}).ask(COMPOSITION)
    assert [share.files for share in composition.owners] == [1]
    assert composition.entries == 3


def test_a_path_that_two_distributions_record_is_contested() -> None:
    one, two = (distribution_files(SITE, name, files={"shared.py": b"x"}) for name in ("one", "two"))
    assert site_scene(one, two).ask(COMPOSITION).contested == 1
    assert site_scene(one).ask(COMPOSITION).contested == 0


def test_an_empty_artifact_has_no_owner() -> None:
    composition = scene_of({}).ask(COMPOSITION)
    assert (composition.owners, composition.total, composition.entries) == ((), 0, 0)
