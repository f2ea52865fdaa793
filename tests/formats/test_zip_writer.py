from __future__ import annotations

import io
import os
import stat
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from builders.scenes import artifact_of, entry_of
from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes, Link, Linking
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.gap import Gap
from deadweight.core.seams import Opening, Packing
from deadweight.formats.directory import FORMAT as DIRECTORY
from deadweight.formats.tars.writer import pack_tar
from deadweight.formats.zip import FORMAT
from deadweight.formats.zips.headers import PackedBody, Record, central_header, end_records, local_header, zip_date


def pack(artifact: Artifact, out: Path, changes: Changes | None = None, **how: object) -> zipfile.ZipFile:
    assert FORMAT.pack is not None
    FORMAT.pack(artifact, changes or Changes(), out, replace(Packing(), **how))  # type: ignore[arg-type]  # its fields
    archive = zipfile.ZipFile(out)
    assert archive.testzip() is None
    return archive


def test_links_modes_and_empty_directories_are_kept(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "empty").mkdir(parents=True)
    (tree / "run").write_bytes(b"#!/bin/sh\n")
    (tree / "run").chmod(0o750)
    (tree / "link").symlink_to("run")
    with pack(DIRECTORY.open(tree, Opening()), tmp_path / "a.zip") as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        assert archive.read("link") == b"run"
    assert stat.S_ISLNK(modes["link"])
    assert stat.S_ISDIR(modes["empty/"])
    assert modes["run"] == stat.S_IFREG | 0o750


def test_hard_links_become_copies_that_are_packed_once(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a").write_bytes(b"body " * 100)
    os.link(tree / "a", tree / "b")
    with pack(DIRECTORY.open(tree, Opening()), tmp_path / "a.zip") as archive:
        assert [archive.read(name) for name in ("a", "b")] == [b"body " * 100] * 2


def test_links_that_edits_make_are_kept(tmp_path: Path) -> None:
    artifact = artifact_of({"a": b"same", "b": b"same", "c": b"same"})
    linked = {"b": Link("a", Linking.HARD), "c": Link("a", Linking.SYMBOLIC, "a")}
    with pack(artifact, tmp_path / "a.zip", Changes(linked=linked)) as archive:
        assert archive.read("b") == b"same"
        assert archive.read("c") == b"a"


def test_what_a_zip_cannot_hold_is_noted(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    heard: list[Gap] = []
    with pack(DIRECTORY.open(tmp_path, Opening()), tmp_path / "a.zip", note=heard.append) as archive:
        assert archive.namelist() == []
    assert [(gap.stage, gap.where) for gap in heard] == [("pack", "pipe")]


def test_a_body_that_does_not_get_smaller_is_stored(tmp_path: Path) -> None:
    artifact = artifact_of({"noise": os.urandom(5000), "text": b"text " * 1000, "empty": b""})
    with pack(artifact, tmp_path / "a.zip") as archive:
        methods = {info.filename: info.compress_type for info in archive.infolist()}
    assert methods == {"noise": zipfile.ZIP_STORED, "text": zipfile.ZIP_DEFLATED, "empty": zipfile.ZIP_STORED}


@pytest.mark.parametrize("codec", ["", "store"])
def test_a_body_that_does_not_fit_into_memory_is_streamed(codec: str, tmp_path: Path) -> None:
    body = os.urandom(1 << 20) * 18
    with pack(artifact_of({"big": body}), tmp_path / "a.zip", codec=codec) as archive:
        assert archive.read("big") == body
        assert (archive.getinfo("big").compress_type == zipfile.ZIP_STORED) == (codec == "store")


def test_the_level_is_that_of_the_packing(tmp_path: Path) -> None:
    artifact = artifact_of({"text": bytes(n * n % 61 + 32 for n in range(40_000))})
    pack(artifact, tmp_path / "fast.zip", level=1).close()
    pack(artifact, tmp_path / "small.zip", level=9).close()
    assert (tmp_path / "small.zip").stat().st_size < (tmp_path / "fast.zip").stat().st_size


def test_another_compression_and_names_that_are_not_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="zstd"):
        pack(artifact_of({"a": b"x"}), tmp_path / "a.zip", codec="zstd")
    with pytest.raises(UsageError, match="not text"):
        pack(artifact_of({"caf\udce9": b"x"}), tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_body_of_another_length_and_a_link_to_nothing_are_refused(tmp_path: Path) -> None:
    artifact = artifact_of({"a": b"12345"})
    short = entry_of("a", b"12345").but(size=4)
    with pytest.raises(Corrupt, match="5 bytes where 4"):
        pack(replace(artifact, inventory=replace(artifact.inventory, visible=(short,))), tmp_path / "a.zip")
    visible = (Entry("h", Kind.HARDLINK, target="none"), entry_of("a", b"12345"))
    with pytest.raises(Corrupt, match="holds nothing"):
        pack(replace(artifact, inventory=replace(artifact.inventory, visible=visible)), tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_names_beyond_ascii_come_back(tmp_path: Path) -> None:
    names = {"naïve/日本.txt": b"1", "back\\slash": b"2", "new\nline": b"3"}
    with pack(artifact_of(names), tmp_path / "a.zip") as archive:
        assert {name for name in archive.namelist() if not name.endswith("/")} == set(names)


def test_sizes_over_four_gigabytes_get_zip64_fields_that_zipfile_reads() -> None:
    """The headers alone, around a hole: the bodies are never written."""
    big = 5 << 30
    record = Record(entry_of("big", b""), PackedBody(0, 0, big, big), 0, zip_date(0))
    late = Record(entry_of("late", b""), PackedBody(), len(local_header(record)) + big, zip_date(0))
    central = central_header(record) + central_header(late)
    start = late.offset + len(local_header(late))
    tail = local_header(late) + central + end_records(2, len(central), start)

    class Sparse(io.RawIOBase):
        """A file with the headers at both ends and nothing between."""

        def __init__(self) -> None:
            self.at = 0

        def seekable(self) -> bool:
            return True

        def readable(self) -> bool:
            return True

        def tell(self) -> int:
            return self.at

        def seek(self, offset: int, whence: int = 0) -> int:
            self.at = offset + (0, self.at, late.offset + len(tail))[whence]
            return self.at

        def read(self, size: int = -1) -> bytes:
            end = late.offset + len(tail)
            until = end if size < 0 else min(end, self.at + size)
            piece = tail[max(0, self.at - late.offset) : until - late.offset]
            self.at = until
            return piece

    with zipfile.ZipFile(Sparse()) as archive:
        infos = [(info.filename, info.file_size, info.header_offset) for info in archive.infolist()]
    assert infos == [("big", big, 0), ("late", 0, late.offset)]


def test_more_entries_than_sixteen_bits_hold_get_a_zip64_end() -> None:
    wide = end_records(70_000, 4_000_000, 100)
    assert wide[:4] == b"PK\6\6"
    assert wide[-22:-18] == b"PK\5\6"
    assert len(end_records(2, 100, 100)) == 22


def test_a_zip_whose_members_are_in_any_order_becomes_a_tar(tmp_path: Path) -> None:
    source, out = tmp_path / "source.zip", tmp_path / "out.tar"
    with zipfile.ZipFile(source, "w") as archive:
        for name in ("z", "a", "m/b"):
            archive.writestr(name, name * 100)
    zipped = FORMAT.open(source, Opening())
    pack_tar(zipped, Changes(), out, Packing())
    with tarfile.open(out) as packed:
        bodies = {member.name: packed.extractfile(member) for member in packed if member.isfile()}
        assert {name: body.read() for name, body in bodies.items() if body} == {
            name: name.encode() * 100 for name in ("z", "a", "m/b")
        }
