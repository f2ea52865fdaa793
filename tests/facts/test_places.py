from __future__ import annotations

import pytest

from builders.scenes import artifact_of, entry_of, scene_from, scene_of
from deadweight.core.artifact import Image
from deadweight.facts.places import is_fixture, is_input, is_root_file_system, newest_change


@pytest.mark.parametrize("path", ["tests/x", "app/test/x", "app/Testdata/x", "a/fixtures/b/x", "a/test-data/x"])
def test_test_data_lies_in_directories_of_such_names(path: str) -> None:
    assert is_fixture(path)


@pytest.mark.parametrize("path", ["data/x", "app/Datasets/x", "corpus/x"])
def test_input_data_lies_in_directories_of_such_names(path: str) -> None:
    assert is_input(path)
    assert not is_fixture(path)


@pytest.mark.parametrize("path", ["app/x", "contest/x", "app/tests.py", "metadata/x", "app/database/x", "latest/x"])
def test_other_directories_hold_none(path: str) -> None:
    assert not is_fixture(path)
    assert not is_input(path)


def test_an_image_and_a_directory_with_a_release_file_are_systems() -> None:
    assert is_root_file_system(scene_of({"etc/os-release": b"ID=alpine\n"}))
    assert is_root_file_system(scene_from(artifact_of({"app": b""}, image=Image("amd64", "linux", {}, {}))))
    assert not is_root_file_system(scene_of({"tmp/x": b"", "app/main.py": b""}))


def test_ages_are_counted_to_the_newest_change() -> None:
    assert (
        newest_change(scene_of({path: entry_of(path, b"", mtime=time) for path, time in (("a", 5.0), ("b", 9.0))})) == 9
    )
    assert newest_change(scene_of({})) == 0
