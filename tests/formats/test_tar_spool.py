"""Packed containers that are read again are kept unpacked, and nobody sees a difference."""

from __future__ import annotations

import io
import os
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
from deadweight.formats.tars.spool import LARGE, MANY
from deadweight.formats.tars.unpacking import GrowingTape, Unpacked

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


def large(path: Path, codec: str = "gzip") -> tuple[TarContents, TarIndex, dict[str, bytes]]:
    """A container that is worth a process: bodies that no codec makes smaller."""
    bodies = {f"f{number}": random.Random(number).randbytes(LARGE // 4) for number in range(5)}
    body = packed(tar_of(bodies.items()), codec)
    path.write_bytes(body)
    index = index_tar(io.BytesIO(body), str(path), Opening())
    container = Container(whole_file(path), index.codec, index.regions)
    return TarContents({0: container, 1: container}, {}, {path: identity(path)}), index, bodies


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_a_large_layer_is_unpacked_by_a_process_and_read_as_it_comes(codec: str, tmp_path: Path) -> None:
    contents, index, bodies = large(tmp_path / "t", codec)
    contents.spool.passes[0] = 1
    assert read(contents, index) == bodies
    kept = contents.spool.files[0]
    assert kept.heard is not None
    assert kept.wait(10_000) == (True, True)
    assert read(contents, index) == bodies
    assert os.fstat(kept.file).st_size > LARGE


def test_several_large_layers_come_side_by_side(tmp_path: Path) -> None:
    contents, index, bodies = large(tmp_path / "t")
    contents.spool.passes.update({0: 1, 1: 1})
    wanted = [*index.entries, *(entry.but(layer=1) for entry in index.entries)]
    found = [(entry.layer, body.read() == bodies[entry.path]) for entry, body in contents.stream(wanted)]
    assert sorted(found) == [(0, True)] * 5 + [(1, True)] * 5
    assert sorted(contents.spool.files) == [0, 1]


def test_what_the_process_cannot_unpack_its_reader_tells(tmp_path: Path) -> None:
    contents, index, _ = large(tmp_path / "t")
    body = bytearray((tmp_path / "t").read_bytes())
    body[len(body) // 2 :] = bytes(len(body) - len(body) // 2)
    (tmp_path / "t").write_bytes(body)
    contents = TarContents(contents.containers, {}, {tmp_path / "t": identity(tmp_path / "t")})
    contents.spool.passes[0] = 1
    with pytest.raises(Corrupt, match="damaged"):
        read(contents, index)


def test_where_the_disk_fills_while_the_process_writes_readers_unpack_for_themselves(tmp_path: Path) -> None:
    """The process says nothing of the end: what it wrote so far is taken, the rest is read from the layer."""
    tar = tar_of(BODIES.items())
    file = os.memfd_create("unpacked")
    os.write(file, tar[:70_000])
    kept = Unpacked(file)
    os.close(kept.listen())
    opened = []

    def again() -> io.BytesIO:
        opened.append(1)
        return io.BytesIO(tar)

    with GrowingTape(kept, again) as tape:
        assert tape.read_at(512, 60_000) == tar[512:60_512]
        assert not opened
        assert tape.read_at(60_000, 20_000) == tar[60_000:80_000]
        assert tape.read_at(90_000, 1000) == tar[90_000:91_000]
        assert tape.read_at(10, 100) == tar[10:110]
        assert len(opened) == 1


def test_the_end_of_a_whole_layer_is_its_end(tmp_path: Path) -> None:
    file = os.memfd_create("unpacked")
    os.write(file, b"12345")
    with GrowingTape(Unpacked(file), lambda: pytest.fail("it is whole")) as tape:
        assert tape.read_at(3, 10) == b"45"
        assert tape.read_at(9, 10) == b""


def test_processes_end_with_the_contents(tmp_path: Path) -> None:
    contents, index, _ = large(tmp_path / "t")
    contents.spool.passes[0] = 1
    others = children()
    next(contents.stream(index.entries))
    begun = children() - others
    assert begun
    del contents
    assert not begun & children()


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
