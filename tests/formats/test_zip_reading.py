from __future__ import annotations

import io
import os
import stat
import struct
import subprocess
import sys
import tempfile
import zipapp
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.zips import Part, descriptor, parts_of, raw_zip, zip_of
from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Hostile, Refused, Unknown
from deadweight.core.limits import Limits
from deadweight.core.seams import Opening
from deadweight.formats.zip import FORMAT

BODY = b"the body of a member, longer than its header " * 9


def opened(path: Path, **how: object) -> Artifact:
    return FORMAT.open(path, replace(Opening(), **how))  # type: ignore[arg-type]  # the caller names fields of Opening


def entries(artifact: Artifact) -> dict[str, Entry]:
    return {entry.path: entry for entry in artifact.inventory.visible}


def unicode_path(raw: bytes, name: bytes) -> bytes:
    return struct.pack("<HHBI", 0x7075, 5 + len(name), 1, zlib.crc32(raw)) + name


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.binary(max_size=3000), max_size=5), st.booleans())
@settings(max_examples=25, derandomize=True, deadline=None)
def test_what_zipfile_writes_is_read_and_adds_up(files: dict[str, bytes], packed: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = zip_of(Path(folder) / "a", files, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
        artifact = opened(path)
        with zipfile.ZipFile(path) as oracle:
            infos = {info.filename: info for info in oracle.infolist()}
        assert {name: (one.size, one.stored) for name, one in entries(artifact).items()} == {
            name: (info.file_size, info.compress_size) for name, info in infos.items()
        }
        assert artifact.inventory.total == path.stat().st_size
        assert {
            entry.path: body.read() for entry, body in artifact.contents.stream(artifact.inventory.visible)
        } == files


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_compression_that_zipfile_writes_is_read(method: int, tmp_path: Path) -> None:
    body = os.urandom(100_000) + BODY * 500
    artifact = opened(zip_of(tmp_path / "a.zip", {"x": body, "empty": b""}, method))
    assert entries(artifact)["x"].digest == f"blake3:{blake3(body).hexdigest()}"


def test_what_info_zip_writes_is_read_with_links_modes_and_times(tmp_path: Path) -> None:
    (tmp_path / "tree" / "d").mkdir(parents=True)
    (tmp_path / "tree" / "d" / "file").write_bytes(BODY)
    (tmp_path / "tree" / "d" / "file").chmod(0o751)
    os.utime(tmp_path / "tree" / "d" / "file", (1_600_000_001, 1_600_000_001))
    (tmp_path / "tree" / "link").symlink_to("d/file")
    script = """
import os, stat, sys, time, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    archive.write("d"); archive.write("d/file")
    info = zipfile.ZipInfo("link"); info.create_system = 3; info.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(info, os.readlink("link"))
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "a.zip")], cwd=tmp_path / "tree", check=True)
    found = entries(opened(tmp_path / "a.zip"))
    assert {path: (one.kind, one.target) for path, one in found.items()} == {
        "d": (Kind.DIRECTORY, ""),
        "d/file": (Kind.FILE, ""),
        "link": (Kind.SYMLINK, "d/file"),
    }
    assert found["d/file"].mode == 0o751
    assert stat.S_IMODE(found["link"].mode) == 0o777
    assert found["link"].stored == 0


def test_sizes_that_are_told_after_the_body_are_read(tmp_path: Path) -> None:
    class Unseekable(io.RawIOBase):
        def __init__(self, file: io.BufferedWriter) -> None:
            self.file = file

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]  # any buffer
            return self.file.write(data)

    with (tmp_path / "a.zip").open("wb") as file, zipfile.ZipFile(Unseekable(file), "w") as archive:
        archive.writestr("x", BODY, zipfile.ZIP_DEFLATED)
        archive.writestr("y", BODY, zipfile.ZIP_STORED)
    artifact = opened(tmp_path / "a.zip")
    assert artifact.inventory.overhead.keys() == {"headers"}
    assert [body.read() for _, body in artifact.contents.stream(artifact.inventory.visible)] == [BODY, BODY]


def with_wide_end(path: Path, entries: int) -> Path:
    """The same zip with a zip64 end record that says how many entries there are."""
    body = path.read_bytes()
    _, size, offset = struct.unpack("<HII", body[-12:-2])
    start = len(body) - 22
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, size, offset)
    wide += struct.pack("<4sIQI", b"PK\6\7", 0, start, 1)
    path.write_bytes(body[:start] + wide + body[start:])
    return path


def test_a_zip64_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive, archive.open("x", "w", force_zip64=True) as member:
        member.write(BODY)
    assert entries(opened(tmp_path / "a.zip"))["x"].size == len(BODY)
    wide = with_wide_end(zip_of(tmp_path / "wide.zip", {"x": BODY, "y": b""}), 2)
    assert zipfile.ZipFile(wide).testzip() is None
    artifact = opened(wide)
    assert set(entries(artifact)) == {"x", "y"}
    assert artifact.inventory.total == wide.stat().st_size


def test_two_end_records_that_disagree_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Hostile, match="disagree"):
        opened(with_wide_end(zip_of(tmp_path / "wide.zip", {"x": BODY, "y": b""}), 1))


def test_the_program_before_a_zip_application_is_overhead(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__main__.py").write_bytes(b"print('hello')\n")
    zipapp.create_archive(tmp_path / "app", tmp_path / "app.pyz", interpreter="/usr/bin/env python3")
    assert FORMAT.recognise(tmp_path / "app.pyz")
    assert opened(tmp_path / "app.pyz").inventory.overhead["prefix"] == len("#!/usr/bin/env python3\n")
    plain = zip_of(tmp_path / "a.zip", {"x": BODY}).read_bytes()
    (tmp_path / "shifted").write_bytes(b"#!/bin/sh\nexit\n" + plain)
    shifted = opened(tmp_path / "shifted")
    assert shifted.inventory.overhead["prefix"] == 15
    assert [body.read() for _, body in shifted.contents.stream(shifted.inventory.visible)] == [BODY]


def test_an_empty_zip_is_all_overhead(tmp_path: Path) -> None:
    zip_of(tmp_path / "a.zip", {})
    artifact = opened(tmp_path / "a.zip")
    assert (artifact.inventory.total, artifact.inventory.overhead) == (22, {"headers": 22})


def test_a_directory_that_holds_two_stored_bytes_as_java_writes_it_is_no_file(tmp_path: Path) -> None:
    found = entries(opened(raw_zip(tmp_path / "a.jar", [Part(b"META-INF/", b""), Part(b"META-INF/x", BODY)])))
    assert found["META-INF"].kind is Kind.DIRECTORY


def test_names_of_old_are_read_in_their_code_page_and_new_ones_as_utf8(tmp_path: Path) -> None:
    parts = [Part(b"caf\x82", BODY), Part("é".encode(), BODY, flags=0x800)]
    assert set(entries(opened(raw_zip(tmp_path / "a.zip", parts)))) == {"café", "é"}


X, Y = Part(b"x", BODY), Part(b"y", BODY)
FLAGGED = Part(b"x", BODY, flags=8, local={"crc": 0, "packed": 0, "size": 0})
BAD_DEFLATE = b"\xff" * 20
HUGE: dict[str, bytes | int] = {"packed": 10**6}
SHORT: dict[str, bytes | int] = {"size": 9}
WHOLE: dict[str, bytes | int] = {"packed": len(BODY)}
LONG: dict[str, bytes | int] = {"size": 9999}

CONFUSIONS: dict[str, tuple[list[Part], type[Refused], str]] = {
    "a name there twice": ([X, Part(b"x", b"other")], Hostile, "twice"),
    "a name there twice by spelling": ([X, Part(b"./x", b"other")], Hostile, "twice"),
    "a file and a directory of one name": ([X, Part(b"x/", b"")], Hostile, "twice"),
    "a file below a file": ([X, Part(b"x/y", b"")], Hostile, "below"),
    "another name in its own header": ([Part(b"x", BODY, local={"name": b"z"})], Hostile, "called"),
    "another size in its own header": ([Part(b"x", BODY, local={"size": 7})], Hostile, "size"),
    "another packed size in its own header": ([Part(b"x", BODY, local={"packed": 7})], Hostile, "size"),
    "another checksum in its own header": ([Part(b"x", BODY, local={"crc": 7})], Hostile, "checksum"),
    "another method in its own header": ([Part(b"x", BODY, local={"method": 0})], Hostile, "method"),
    "other flags in its own header": ([Part(b"x", BODY, local={"flags": 0x800})], Hostile, "flags"),
    "a descriptor that says otherwise": ([replace(FLAGGED, after=descriptor(X, crc=1))], Hostile, "described"),
    "no descriptor where one is promised": ([FLAGGED, Y], Hostile, "described"),
    "a member that the directory hides": ([X, replace(Y, hidden=True)], Hostile, "does not name"),
    "a member hidden first": ([replace(Y, hidden=True), X], Hostile, "before"),
    "a member hidden behind a descriptor": (
        [replace(FLAGGED, after=descriptor(X)), replace(Y, hidden=True)],
        Hostile,
        "does not name",
    ),
    "overlapping members": (
        [Part(b"outer", BODY, method=0, stored=b"", local=WHOLE, central=WHOLE), Part(b"x", BODY * 3, method=0)],
        Hostile,
        "overlaps",
    ),
    "a header outside of the file": ([Part(b"x", BODY, central={"offset": 10**6})], Corrupt, "no header"),
    "a body beyond the bodies": (
        [Part(b"x", BODY, central={"packed": 10**6}, local={"packed": 10**6})],
        Corrupt,
        "beyond",
    ),
    "a second name": ([Part(b"x", BODY, extra=unicode_path(b"x", b"evil"))], Hostile, "second name"),
    "encryption": ([Part(b"x", BODY, flags=1)], Unknown, "encrypted"),
    "an encrypted directory": ([Part(b"x", BODY, flags=0x2041)], Unknown, "encrypted"),
    "a patch": ([Part(b"x", BODY, flags=0x20)], Unknown, "patch"),
    "a compression that nobody knows": ([Part(b"x", BODY, method=77)], Unknown, "77"),
    "a second disk": ([Part(b"x", BODY, central={"disk": 3})], Unknown, "disks"),
    "a name that climbs out": ([Part(b"../x", BODY)], Hostile, "climbs"),
    "a name that climbs out later": ([Part(b"a/b/../../../x", BODY)], Hostile, "climbs"),
    "a name with a NUL": ([Part(b"x\0.txt", BODY)], Hostile, "NUL"),
    "a name of four thousand bytes": ([Part((b"x" * 200 + b"/") * 21, b"")], Hostile, "bytes"),
    "directories in directories without end": ([Part(b"x/" * 600, b"")], Hostile, "nested"),
    "a component of 256 bytes": ([Part(b"x" * 256, BODY)], Hostile, "bytes"),
    "a name that is not the UTF-8 it says": ([Part(b"caf\xe9", BODY, flags=0x800)], Corrupt, "UTF-8"),
    "a file without a name": ([Part(b".", BODY)], Hostile, "names no file"),
    "a directory with a body": ([Part(b"d/", BODY)], Hostile, "body"),
    "a link to nowhere": ([Part(b"l", b"", attributes=0o120777 << 16)], Hostile, "nowhere"),
    "a link of five thousand bytes": ([Part(b"l", b"a" * 5000, attributes=0o120777 << 16)], Hostile, "link"),
    "a body longer than it says": ([Part(b"x", BODY, local=SHORT, central=SHORT)], Corrupt, "more than"),
    "a body shorter than it says": (
        [Part(b"x", BODY, local={"size": 9999}, central={"size": 9999})],
        Corrupt,
        "declared",
    ),
    "a wrong checksum": ([Part(b"x", BODY, local={"crc": 9}, central={"crc": 9})], Corrupt, "checksum"),
    "packed data that end early": ([Part(b"x", BODY, stored=X.packed()[:-3])], Corrupt, "declared"),
    "packed data that are damaged": ([Part(b"x", BODY, stored=BAD_DEFLATE)], Corrupt, "damaged"),
    "data hidden after the packed data": (
        [Part(b"x", BODY, stored=Part(b"", BODY).packed() + b"more")],
        Corrupt,
        "hidden",
    ),
}


@pytest.mark.parametrize("name", CONFUSIONS)
def test_a_zip_in_which_readers_could_see_different_things_is_refused(name: str, tmp_path: Path) -> None:
    parts, error, says = CONFUSIONS[name]
    path = raw_zip(tmp_path / "a.zip", parts)
    before = path.read_bytes()
    assert FORMAT.recognise(path)
    with pytest.raises(error, match=says) as caught:
        opened(path)
    assert caught.value.exit_code == 4
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]


def test_honest_members_of_the_same_builder_are_taken(tmp_path: Path) -> None:
    parts = [X, Y, replace(FLAGGED, name=b"z", after=descriptor(X)), Part(b"d/", b"", method=0)]
    assert set(entries(opened(raw_zip(tmp_path / "a.zip", parts)))) == {"x", "y", "z", "d"}


def test_what_follows_the_end_is_refused_and_a_comment_is_not(tmp_path: Path) -> None:
    assert opened(raw_zip(tmp_path / "a.zip", [X], comment=b"hello")).inventory.visible
    with pytest.raises(Corrupt, match="follow"):
        opened(raw_zip(tmp_path / "b.zip", [X], trailing=b"more"))


def test_a_second_end_in_the_comment_is_refused(tmp_path: Path) -> None:
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0, 0, 0, 0, 0)
    with pytest.raises(Hostile, match="two ends"):
        opened(raw_zip(tmp_path / "a.zip", [X], comment=end))


def test_what_stands_before_a_zip_and_is_no_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Hostile, match="before"):
        opened(raw_zip(tmp_path / "a.zip", parts_of([("x", BODY)]), prefix=b"PK\3\4 something else"))


@pytest.mark.parametrize("end", [{"count": 1}, {"count": 3}, {"size": 10}, {"offset": 10**6}, {"disk": 1}])
def test_an_end_record_that_lies_is_refused(end: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(Refused):
        opened(raw_zip(tmp_path / "a.zip", [X, Y], end=end))


def test_two_zips_in_one_file_are_refused(tmp_path: Path) -> None:
    one = zip_of(tmp_path / "one", {"x": b"first"}).read_bytes()
    two = zip_of(tmp_path / "two", {"x": b"second"}).read_bytes()
    (tmp_path / "both").write_bytes(one + two)
    with pytest.raises(Hostile):
        opened(tmp_path / "both")


def test_a_bomb_is_refused_by_what_comes_out(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"zeros": b"\0" * (8 << 20)})
    with pytest.raises(Hostile, match="times its stored bytes"):
        opened(path, limits=Limits(ratio=100, ratio_from=1 << 20))
    with pytest.raises(Hostile, match="come out"):
        opened(path, limits=Limits(unpacked=1 << 20))
    assert opened(path).inventory.unpacked_bytes == 8 << 20


def test_many_small_members_count_together_against_the_limit(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {f"{n}": b"\0" * 100_000 for n in range(20)})
    with pytest.raises(Hostile, match="come out"):
        opened(path, limits=Limits(unpacked=1_000_000))
    with pytest.raises(Hostile, match="entries"):
        opened(path, limits=Limits(entries=19))
    with pytest.raises(Hostile, match="metadata"):
        opened(path, limits=Limits(metadata=1_000_000), keep=("*",))


def test_a_zip_that_is_written_to_after_it_was_opened_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"x": BODY})
    artifact = opened(path)
    zip_of(path, {"x": BODY[::-1]})
    with pytest.raises(Corrupt, match="changed"):
        list(artifact.contents.stream(artifact.inventory.visible))


def test_text_and_programs_are_no_zips(tmp_path: Path) -> None:
    for name, body in {"a": b"#!/bin/sh\necho PK\n", "b": b"PK", "c": b"", "d": b"MZ" + bytes(5000)}.items():
        (tmp_path / name).write_bytes(body)
        assert not FORMAT.recognise(tmp_path / name)
    assert not FORMAT.recognise(tmp_path)
