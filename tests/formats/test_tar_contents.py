"""Bodies found again by offset."""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from builders.tars import Item, packed, tar_of
from deadweight.codecs.detection import codecs
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import ByteRange, Tape, identity, packed_with, whole_file
from deadweight.formats.tars.contents import Container, TarContents, shared_bodies
from deadweight.formats.tars.index import TarIndex, index_tar

CODECS = list(codecs())


def contents_of(path: Path, body: bytes) -> tuple[TarContents, TarIndex]:
    path.write_bytes(body)
    index = index_tar(io.BytesIO(body), str(path), Opening())
    shared, _ = shared_bodies([index.entries])
    container = Container(whole_file(path), index.codec, index.regions)
    return TarContents({0: container}, shared, {path: identity(path)}), index


@pytest.mark.parametrize("codec", CODECS)
def test_bodies_come_in_storage_order_whatever_the_order_asked(codec: str, tmp_path: Path) -> None:
    bodies = {f"f{number}": random.Random(number).randbytes(number * 9000) for number in range(12)}
    contents, index = contents_of(tmp_path / "t", packed(tar_of(bodies.items()), codec))
    got = [(entry.path, body.read()) for entry, body in contents.stream(reversed(index.entries))]
    assert got == list(bodies.items())


@pytest.mark.parametrize("codec", CODECS)
def test_a_body_may_be_left_half_read(codec: str, tmp_path: Path) -> None:
    bodies = {name: name.encode() * 50_000 for name in "abc"}
    contents, index = contents_of(tmp_path / "t", packed(tar_of(bodies.items()), codec))
    assert [body.read(3) for _, body in contents.stream(index.entries)] == [b"aaa", b"bbb", b"ccc"]


@pytest.mark.parametrize("codec", CODECS)
def test_names_that_share_a_body_each_get_it_whole(codec: str, tmp_path: Path) -> None:
    items = [Item("a", b"x" * 9000), *(Item(name, kind="hardlink", target="a") for name in ("b", "c")), Item("d", b"y")]
    contents, index = contents_of(tmp_path / "t", packed(tar_of(items), codec))
    got = {entry.path: body.read() for entry, body in contents.stream(index.entries)}
    assert got == {"a": b"x" * 9000, "b": b"x" * 9000, "c": b"x" * 9000, "d": b"y"}


@pytest.mark.parametrize("codec", CODECS)
def test_a_large_body_is_read_as_far_as_asked_and_seeks_where_nothing_is_packed(codec: str, tmp_path: Path) -> None:
    bodies = {name: random.Random(name).randbytes(2_500_000) for name in "ab"}
    contents, index = contents_of(tmp_path / "t", packed(tar_of(bodies.items()), codec))
    for turn in range(3):
        for entry, body in contents.stream(index.entries):
            assert body.seekable() == (codec == "store" or turn > 0)
            assert body.read(2_000_000) == bodies[entry.path][:2_000_000]
            if body.seekable():
                body.seek(5)
                assert body.read(7) == bodies[entry.path][5:12]


def test_a_large_body_of_a_tar_that_was_cut_meanwhile_is_an_error(tmp_path: Path) -> None:
    contents, index = contents_of(tmp_path / "t", tar_of({"a": b"x" * 2_500_000}.items()))
    stream = contents.stream(index.entries)
    _, body = next(stream)
    os.truncate(tmp_path / "t", 1_000_000)
    with pytest.raises(Corrupt, match="ends earlier"):
        body.read()


def test_only_files_have_bodies(tmp_path: Path) -> None:
    items = [Item("d", kind="directory"), Item("l", kind="symlink", target="d"), Item("p", kind="fifo")]
    contents, index = contents_of(tmp_path / "t", tar_of(items))
    assert list(contents.stream(index.entries)) == []


@pytest.mark.skipif(shutil.which("tar") is None, reason="GNU tar is not installed")
@pytest.mark.parametrize("codec", ["store", "zstd"])
def test_the_holes_of_a_sparse_file_come_back(codec: str, tmp_path: Path) -> None:
    with (tmp_path / "holes").open("wb") as stream:
        for place in range(5):
            stream.seek(place * 300_000 + 7)
            stream.write(b"data" * 2000)
        stream.truncate(3_000_000)
    subprocess.run(["tar", "-S", "-C", str(tmp_path), "-cf", str(tmp_path / "s.tar"), "holes"], check=True)
    contents, index = contents_of(tmp_path / "t", packed((tmp_path / "s.tar").read_bytes(), codec))
    for _, body in contents.stream(index.entries):
        assert body.read() == (tmp_path / "holes").read_bytes()


@pytest.mark.parametrize("change", ["grow", "rewrite", "remove"])
def test_a_file_that_changed_is_refused(change: str, tmp_path: Path) -> None:
    path = tmp_path / "t"
    contents, index = contents_of(path, tar_of([("a", b"x")]))
    if change == "remove":
        path.unlink()
    else:
        before = path.stat()
        path.write_bytes(path.read_bytes() + (b"x" if change == "grow" else b""))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(Corrupt, match="changed"):
        list(contents.stream(index.entries))


def entry(path: str, layer: int, kind: Kind = Kind.FILE, target: str = "") -> Entry:
    return Entry(path, kind, layer=layer, target=target)


def test_a_hard_link_shares_what_stood_at_its_target_when_it_was_made() -> None:
    first, second = entry("a", 0), entry("a", 1)
    early, late = entry("b", 0, Kind.HARDLINK, "a"), entry("c", 1, Kind.HARDLINK, "a")
    shared, gaps = shared_bodies([[first, early], [late, second]])
    assert shared == {(0, "b"): first, (1, "c"): first}
    assert gaps == ()
    assert shared_bodies([[first], [second, late]])[0] == {(1, "c"): second}


def test_links_to_links_share_the_one_body() -> None:
    chain = [entry("a", 0), entry("b", 0, Kind.HARDLINK, "a"), entry("c", 0, Kind.HARDLINK, "b")]
    assert shared_bodies([chain])[0][0, "c"].path == "a"


def test_links_in_a_circle_are_gaps() -> None:
    circle = [entry("a", 0, Kind.HARDLINK, "b"), entry("b", 0, Kind.HARDLINK, "a")]
    shared, gaps = shared_bodies([circle])
    assert shared == {}
    assert [gap.where for gap in gaps] == ["a", "b"]


@pytest.mark.parametrize("codec", CODECS)
def test_a_range_of_a_packed_file_counts_what_comes_out_of_it(codec: str, tmp_path: Path) -> None:
    body = random.Random(1).randbytes(300_000)
    path = tmp_path / "f"
    path.write_bytes(packed(body, codec))
    assert packed_with(path) == codec
    with Tape(path, codec) as tape:
        for start, length in ((10, 90_000), (200_000, 100_000), (0, 5), (299_990, 100)):
            section = tape.section(start, length)
            assert section.read() == body[start : start + length]
            assert section.tell() == min(length, len(body) - start)


def test_a_section_may_be_moved_in(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(bytes(range(100)))
    with Tape(path) as tape:
        section = tape.section(10, 20)
        section.seek(-5, os.SEEK_END)
        assert section.read(3) == bytes([25, 26, 27])
        section.seek(1)
        section.seek(1, os.SEEK_CUR)
        buffer = bytearray(50)
        assert section.readinto(buffer) == 18  # type: ignore[attr-defined]  # a raw stream has it
        assert section.read() == b""


def test_the_whole_file_is_a_range_too(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"12345")
    assert whole_file(path) == ByteRange(path, 0, 5)
