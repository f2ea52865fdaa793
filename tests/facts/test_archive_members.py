from __future__ import annotations

import io
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import entry_of, scene_of
from deadweight.facts.archive_members import members_of, stem_of, unpacked_beside

NAMES = st.lists(st.sampled_from(["a", "b", "c d", "é"]), min_size=1, max_size=3).map("/".join)
FILES = st.dictionaries(NAMES, st.binary(max_size=20), max_size=6)


def _zip(files: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("folder")
        for name, content in files.items():
            archive.writestr(name, content)
    return body.getvalue()


def _tar(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode=mode) as archive:  # type: ignore[call-overload]  # the mode is a parameter
        for name, content in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return body.getvalue()


def _members(body: bytes, name: str = "x") -> dict[str, int] | None:
    scene = scene_of({name: body})
    found = members_of(scene, [scene.listing.by_path[name]]).get(name)
    return None if found is None else dict(found)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(FILES)
def test_the_members_are_those_that_were_packed(files: dict[str, bytes]) -> None:
    sizes = {name: len(content) for name, content in files.items()}
    assert _members(_zip(files)) == sizes
    assert _members(_tar(files)) == sizes


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_is_read_in_every_compression(mode: str) -> None:
    assert _members(_tar({"a": b"123"}, mode)) == {"a": 3}


@pytest.mark.parametrize("name", ["x.tar", "x.zip", "x.TAR.GZ", "x.tgz", "x.tar.xz", "x.tbz2"])
def test_the_stem_is_the_name_without_all_of_the_ending(name: str) -> None:
    assert stem_of(name) == "x"


@pytest.mark.parametrize("name", ["x", "x.gz", "x.whl", "x.jar", "zip", "tar.gz.txt"])
def test_other_names_have_no_stem(name: str) -> None:
    assert stem_of(name) is None


@pytest.mark.parametrize("cut", [10, 40])
def test_an_archive_that_is_cut_off_is_a_gap(cut: int) -> None:
    for body in (_zip({"a": b"1" * 50, "b": b"2"})[:cut], _tar({"a": bytes(range(250)) * 9, "b": b"2"})[:cut]):
        scene = scene_of({"x": body})
        assert members_of(scene, scene.listing.entries) == {}
        assert [gap.where for gap in scene.gaps] == ["x"]


def test_an_archive_over_the_limit_is_not_read() -> None:
    large = entry_of("x.zip", b"PK\3\4", size=65 * 1024 * 1024)
    assert members_of(scene_of({"x.zip": large}), [large]) == {}


def test_members_stand_unpacked_as_they_are_or_without_their_first_part() -> None:
    scene = scene_of({"app/model/a": b"1", "app/model/b": b"22"})
    assert unpacked_beside(scene, {"a": 1, "b": 2}, "app/model") == 2
    assert unpacked_beside(scene, {"model/a": 1, "model/b": 2}, "app") == 2
    assert unpacked_beside(scene, {"model/a": 1, "model/b": 2}, "app/model") == 2
    assert unpacked_beside(scene, {"a": 1, "b": 3, "c": 0}, "app/model") == 1
    assert unpacked_beside(scene, {"a": 1}, "") == 0
