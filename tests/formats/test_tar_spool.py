"""Packed containers that are read again are kept unpacked, and nobody sees a difference."""

from __future__ import annotations

import io
import random
from collections import namedtuple
from pathlib import Path

import pytest

from builders.tars import packed, tar_of
from deadweight.codecs.detection import codecs
from deadweight.core.errors import Corrupt
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import identity, whole_file
from deadweight.formats.tars.contents import Container, TarContents
from deadweight.formats.tars.index import TarIndex, index_tar
from deadweight.formats.tars.spool import MANY

PACKED = [name for name in codecs() if name != "store"]
BODIES = {f"f{number}": random.Random(number).randbytes(number * 9000) for number in range(8)}


def contents_of(path: Path, codec: str) -> tuple[TarContents, TarIndex]:
    body = packed(tar_of(BODIES.items()), codec)
    path.write_bytes(body)
    index = index_tar(io.BytesIO(body), str(path), Opening())
    container = Container(whole_file(path), index.codec, index.regions)
    return TarContents({0: container}, {}, {path: identity(path)}), index


def read(contents: TarContents, index: TarIndex) -> dict[str, bytes]:
    return {entry.path: body.read() for entry, body in contents.stream(index.entries)}


@pytest.mark.parametrize("codec", PACKED)
def test_every_pass_gives_the_same_bodies(codec: str, tmp_path: Path) -> None:
    contents, index = contents_of(tmp_path / "t", codec)
    assert [read(contents, index) for _ in range(3)] == [BODIES] * 3


def test_the_first_pass_keeps_nothing_and_the_second_keeps_the_layer(tmp_path: Path) -> None:
    contents, index = contents_of(tmp_path / "t", "gzip")
    read(contents, index)
    assert not contents.spool.files
    read(contents, index)
    assert list(contents.spool.files) == [0]


def test_the_first_pass_keeps_a_layer_of_which_many_bodies_are_wanted(tmp_path: Path) -> None:
    bodies = {f"f{number}": b"%d" % number for number in range(MANY)}
    path = tmp_path / "t"
    path.write_bytes(packed(tar_of(bodies.items()), "gzip"))
    index = index_tar(io.BytesIO(path.read_bytes()), str(path), Opening())
    contents = TarContents({0: Container(whole_file(path), index.codec)}, {}, {path: identity(path)})
    assert read(contents, index) == bodies
    assert list(contents.spool.files) == [0]


def test_a_container_that_is_not_packed_is_never_kept(tmp_path: Path) -> None:
    contents, index = contents_of(tmp_path / "t", "store")
    for _ in range(3):
        read(contents, index)
    assert not contents.spool.files


def test_two_passes_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    contents, index = contents_of(tmp_path / "t", "zstd")
    read(contents, index)
    both = zip(contents.stream(index.entries), contents.stream(index.entries), strict=True)
    assert all(one.read() == other.read() == BODIES[entry.path] for (entry, one), (_, other) in both)


def test_a_file_that_changed_is_refused_though_it_is_kept(tmp_path: Path) -> None:
    contents, index = contents_of(tmp_path / "t", "gzip")
    for _ in range(2):
        read(contents, index)
    (tmp_path / "t").write_bytes(b"other")
    with pytest.raises(Corrupt, match="changed since"):
        read(contents, index)


def test_where_the_disk_has_no_room_every_pass_streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents, index = contents_of(tmp_path / "t", "gzip")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10, 10, 0))
    assert [read(contents, index) for _ in range(3)] == [BODIES] * 3
    assert contents.spool.full


def test_nothing_is_left_behind_in_the_folder_of_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    contents, index = contents_of(tmp_path / "t", "gzip")
    for _ in range(2):
        read(contents, index)
    assert contents.spool.files
    assert list(folder.iterdir()) == []
