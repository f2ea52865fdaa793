"""What a path is, told from its content and never from its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.images import docker_files, image_of, layout_files, write_archive, write_folder
from builders.tars import packed, tar_of
from deadweight.core.errors import Corrupt, Unknown, UsageError
from deadweight.formats.images.traces import holds
from deadweight.formats.recognition import format_named, formats, recognise

IMAGE = image_of([[("a", b"x")]])


@pytest.mark.parametrize("outer", ["store", "gzip", "zstd"])
@pytest.mark.parametrize("name", ["image.tar", "notes.txt", "app-1.0-py3-none-any.whl", "x.zip"])
def test_an_image_is_recognised_under_any_name(outer: str, name: str, tmp_path: Path) -> None:
    assert recognise(write_archive(tmp_path / name, docker_files(IMAGE), outer)).name == "docker-archive"
    assert recognise(write_archive(tmp_path / name, layout_files((IMAGE, {})), outer)).name == "oci-archive"


def test_a_layout_is_recognised_before_the_folder_that_it_is(tmp_path: Path) -> None:
    assert recognise(write_folder(tmp_path / "image", layout_files((IMAGE, {})))).name == "oci-layout"


def test_a_folder_without_both_marks_is_no_layout(tmp_path: Path) -> None:
    files = layout_files((IMAGE, {}))
    del files["oci-layout"]
    assert recognise(write_folder(tmp_path / "image", files)).name != "oci-layout"


def test_a_tar_with_other_things_is_no_image(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_bytes(tar_of([("usr/bin/python", b"x"), ("manifest.json", b"[]")]))
    assert not holds(path, frozenset({"manifest.json"}))


def test_a_packed_tar_of_something_else_is_not_read_to_its_end(tmp_path: Path) -> None:
    """Damage behind the first member is not reached."""
    body = packed(tar_of([("usr/bin/python", b"x" * 3_000_000)]), "gzip")
    path = tmp_path / "t"
    path.write_bytes(body[: len(body) // 2])
    assert not holds(path, frozenset({"manifest.json"}))


def test_nothing_at_the_path_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing"):
        recognise(tmp_path / "missing")


@pytest.mark.parametrize("body", [b"", b"hello", bytes(4000)])
def test_what_is_nothing_known_is_refused_with_what_is_known(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "thing"
    path.write_bytes(body)
    with pytest.raises(Unknown) as refused:
        recognise(path)
    assert refused.value.exit_code == 4
    assert "OCI" in refused.value.message


@pytest.mark.parametrize("body", [b"\x1f\x8b\x08 broken", b"\x28\xb5\x2f\xfd"])
def test_a_compression_that_gives_nothing_is_called_damaged(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "thing"
    path.write_bytes(body)
    with pytest.raises(Corrupt, match="compressed stream"):
        recognise(path)


def test_special_formats_are_tried_before_general_ones() -> None:
    names = [one.name for one in formats()]
    assert names.index("docker-archive") < names.index("oci-archive")
    assert names.index("oci-layout") < names.index("directory")


def test_a_format_is_found_by_its_name() -> None:
    assert format_named("oci-layout").name == "oci-layout"
    with pytest.raises(UsageError, match="docker-archive"):
        format_named("floppy")
