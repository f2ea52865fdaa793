import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import MemoryContents, artifact_of, entry_of
from deadweight.core.changes import Addition, Changes, Link, Linking, Write
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.seams import Packing
from deadweight.formats.tars.fields import member_name, tar_header
from deadweight.formats.tars.writer import arranged, bodies_of, dated, pack_tar, write_tar


def tar_of(members: Iterable[Write], bodies: Mapping[str, bytes] | None = None) -> bytes:
    contents = MemoryContents({(0, path): body for path, body in (bodies or {}).items()})
    order = arranged(members)
    stream = io.BytesIO()
    write_tar(stream, order, bodies_of(order, contents))
    return stream.getvalue()


def read_back(tar: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return {info.name: info for info in archive}


def one_member(entry: Entry) -> tarfile.TarInfo:
    return next(iter(read_back(tar_header(entry.but(size=0)) + bytes(1024)).values()))


def packed(files: Mapping[str, bytes | Entry], changes: Changes, out: Path) -> tarfile.TarFile:
    pack_tar(artifact_of(files), changes, out, Packing())
    return tarfile.open(out)  # closed by who reads it


def test_a_plain_entry_takes_one_ustar_block() -> None:
    header = tar_header(entry_of("usr/bin/python", b"", mode=0o755, uid=1000, gid=1000, mtime=1_700_000_000))
    assert len(header) == 512
    assert header[257:265] == b"ustar\x0000"
    info = read_back(header + bytes(1024))["usr/bin/python"]
    assert (info.mode, info.uid, info.gid, info.mtime) == (0o755, 1000, 1000, 1_700_000_000)
    assert (info.uname, info.gname) == ("", "")


@pytest.mark.parametrize(
    ("kind", "target", "check"),
    [
        (Kind.DIRECTORY, "", tarfile.TarInfo.isdir),
        (Kind.SYMLINK, "../elsewhere", tarfile.TarInfo.issym),
        (Kind.HARDLINK, "usr/other", tarfile.TarInfo.islnk),
        (Kind.CHARACTER, "", tarfile.TarInfo.ischr),
        (Kind.BLOCK, "", tarfile.TarInfo.isblk),
        (Kind.FIFO, "", tarfile.TarInfo.isfifo),
    ],
)
def test_every_kind_reads_back_as_itself(kind: Kind, target: str, check: object) -> None:
    info = one_member(Entry("usr/thing", kind, target=target, device=(10, 229)))
    assert callable(check)
    assert check(info)
    assert info.linkname == target
    assert (info.devmajor, info.devminor) == (10, 229)


def test_whiteouts_and_opaque_marks_are_spelled_as_oci_does() -> None:
    assert member_name(Entry("a/b", Kind.WHITEOUT)) == "a/.wh.b"
    assert member_name(Entry("b", Kind.WHITEOUT)) == ".wh.b"
    assert member_name(Entry("a/b", Kind.OPAQUE)) == "a/b/.wh..wh..opq"
    assert member_name(Entry("", Kind.OPAQUE)) == ".wh..wh..opq"
    assert member_name(Entry("", Kind.DIRECTORY)) == "./"


def test_what_ustar_cannot_hold_goes_into_pax_records() -> None:
    entry = Entry(
        "long/" * 60 + "name",
        Kind.SYMLINK,
        target="far/" * 60,
        uid=3_000_000,
        gid=4_000_000_000,
        mtime=-1.25,
        xattrs=(("security.capability", b"\x01\x00\x00\x02\n=\x00"), ("user.a=b", b"")),
    )
    info = one_member(entry)
    assert info.name == entry.path
    assert info.linkname.rstrip("/") == entry.target.rstrip("/")
    assert (info.uid, info.gid, info.mtime) == (3_000_000, 4_000_000_000, -1.25)
    assert info.pax_headers["SCHILY.xattr.security.capability"].encode() == b"\x01\x00\x00\x02\n=\x00"


def test_a_size_over_eight_gibibytes_goes_into_a_pax_record() -> None:
    header = tar_header(Entry("big", Kind.FILE, size=9 << 30))
    with tarfile.open(fileobj=io.BytesIO(header)) as archive:
        first = archive.next()
        assert first is not None
        assert first.size == 9 << 30


@given(
    path=st.lists(st.binary(min_size=1, max_size=120), min_size=1, max_size=8),
    mtime=st.one_of(st.integers(-(2**40), 2**40).map(float), st.floats(-1e12, 1e12)),
    owner=st.integers(0, 2**32 - 1),
    value=st.binary(max_size=600),
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_name_owner_time_and_attribute_reads_back_the_same(
    path: list[bytes], mtime: float, owner: int, value: bytes
) -> None:
    parts = [part.replace(b"/", b"_").replace(b"\0", b"_") for part in path]
    name = b"/".join(b"x" + part for part in parts).decode("utf-8", "surrogateescape")
    info = one_member(Entry(name, Kind.FILE, uid=owner, mtime=round(mtime, 3), xattrs=(("user.x", value),)))
    assert info.name == name
    assert (info.uid, info.mtime) == (owner, round(mtime, 3))
    assert info.pax_headers["SCHILY.xattr.user.x"].encode("utf-8", "surrogateescape") == value


def test_gnu_tar_reads_what_was_written(tmp_path: Path) -> None:
    names = ["a", "dir/ä" * 30 + "b", "n" * 200 + "/file"]
    bodies = {name: name.encode() * 1000 for name in names}
    tar = tar_of([Write(entry := entry_of(name, body), source=entry) for name, body in bodies.items()], bodies)
    (tmp_path / "x.tar").write_bytes(tar)
    gnu = shutil.which("tar") or pytest.skip("no tar here")
    subprocess.run([gnu, "-xf", "x.tar"], cwd=tmp_path, check=True, env={"LC_ALL": "C.UTF-8"})
    assert all((tmp_path / name).read_bytes() == body for name, body in bodies.items())


def test_parents_come_before_children_and_links_after_what_they_share() -> None:
    entries = [
        Entry("z/link", Kind.HARDLINK, target="z/file"),
        Entry("z/second", Kind.HARDLINK, target="z/link"),
        entry_of("z/file", b"body", offset=4096),
        Entry("z", Kind.DIRECTORY, offset=9999),
    ]
    order = arranged(Write(one, source=one if one.kind is Kind.FILE else None) for one in entries)
    assert [one.entry.path for one in order] == ["z", "z/file", "z/link", "z/second"]


def test_bodies_are_asked_for_in_storage_order() -> None:
    files = [entry_of("a", b"1", offset=2048), entry_of("b", b"2", offset=512), entry_of("c", b"3", offset=1024)]
    assert [one.entry.path for one in arranged(Write(one, source=one) for one in files)] == ["b", "c", "a"]


def test_hard_links_in_a_ring_are_refused() -> None:
    ring = [Entry("a", Kind.HARDLINK, target="b"), Entry("b", Kind.HARDLINK, target="a")]
    with pytest.raises(Corrupt, match="ring"):
        arranged(map(Write, ring))


def test_a_body_of_another_size_is_refused() -> None:
    for body in (b"shor", b"too long"):
        entry = entry_of("a", b"right")
        with pytest.raises(Corrupt, match="not the 5 bytes"):
            tar_of([Write(entry, source=entry)], {"a": body})


def test_times_after_the_epoch_are_clamped_only_when_asked() -> None:
    members = [
        Write(Entry("old", Kind.FILE, mtime=5)),
        Write(Entry("new", Kind.FILE, mtime=50)),
        Write(Entry("no", Kind.FIFO)),
    ]
    assert [one.entry.mtime for one in dated(members, 10)] == [5, 10, 10]
    assert [one.entry.mtime for one in dated(members, 0)] == [5, 50, 0]


def test_a_packed_tar_holds_what_the_changes_leave(tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    staged.write_bytes(b"new content")
    files: dict[str, bytes | Entry] = {
        "app/keep": b"keep",
        "app/gone/deep": b"gone",
        "app/old": b"old",
        "app/first": b"shared body",
        "app/second": Entry("app/second", Kind.HARDLINK, target="app/first"),
        "app/third": Entry("app/third", Kind.HARDLINK, target="app/first"),
        "app/copy": b"keep",
    }
    changes = Changes(
        removed=frozenset({"app/gone", "app/first"}),
        replaced={"app/old": staged},
        linked={"app/copy": Link("app/keep", Linking.HARD)},
        added={"app/added": Addition(entry_of("app/added", b"new content"), staged)},
    )
    with packed(files, changes, tmp_path / "out.tar") as archive:
        names = archive.getnames()
        bodies = {name: found.read() for name in names if (found := archive.extractfile(name)) is not None}
    assert sorted(names) == ["app", "app/added", "app/copy", "app/keep", "app/old", "app/second", "app/third"]
    assert bodies["app/old"] == bodies["app/added"] == b"new content"
    assert bodies["app/second"] == bodies["app/third"] == b"shared body"
    assert bodies["app/copy"] == b"keep"


@pytest.mark.parametrize("codec", ["store", "gzip", "zstd", "xz"])
def test_the_same_input_gives_the_same_bytes(tmp_path: Path, codec: str) -> None:
    artifact = artifact_of({f"dir/{number}": bytes([number]) * 1000 for number in range(50)})
    for name in ("one", "two"):
        pack_tar(artifact, Changes(), tmp_path / name, Packing(codec=codec, epoch=1_700_000_000))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
