from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from builders.ordinary_user import opened_to_all
from builders.scenes import artifact_of, entry_of
from deadweight.core.artifact import Artifact, Image
from deadweight.core.changes import Addition, Changes, Link, Linking
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Hostile, Refused
from deadweight.core.gap import Gap
from deadweight.core.progress import Silent
from deadweight.core.seams import Opening, Packing
from deadweight.formats.directory import FORMAT
from deadweight.formats.tar import FORMAT as TAR

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices and changes owners")
IMAGE = Image("amd64", "linux", {}, {})

Item = tuple[str, Kind, str]
LONG = "d" * 247


def pack(artifact: Artifact, out: Path, changes: Changes | None = None, **how: object) -> Path:
    assert FORMAT.pack is not None
    FORMAT.pack(artifact, changes or Changes(), out, replace(Packing(), **how))  # type: ignore[arg-type]  # its fields
    return out


def open_directory(path: Path) -> Artifact:
    return FORMAT.open(path, Opening())


def link(path: str, target: str, layer: int = 0) -> Entry:
    return Entry(path, Kind.SYMLINK, target=target, mode=0o777, layer=layer)


def hard(path: str, target: str, layer: int = 0) -> Entry:
    return Entry(path, Kind.HARDLINK, target=target, layer=layer)


def escaping_by_length() -> list[Item]:
    """The way of CVE-2025-4517: real paths grow over PATH_MAX through short links until nobody resolves them."""
    items: list[Item] = []
    path = ""
    for step in "abcdefghijklmnop":
        items.append((f"{path}{LONG}", Kind.DIRECTORY, ""))
        items.append((f"{path}{step}", Kind.SYMLINK, LONG))
        path = f"{path}{LONG}/" if len(path) < 3500 else path
    items.append(("s/" + "l" * 250, Kind.SYMLINK, "../" * 20))
    items.append(("escape", Kind.SYMLINK, "s/" + "l" * 250 + "/../../outside"))
    items.append(("escape/file", Kind.FILE, ""))
    return items


BREAKOUTS: dict[str, list[Item]] = {
    "a link up and out": [("l", Kind.SYMLINK, "../outside"), ("l/file", Kind.FILE, "")],
    "an absolute link": [("l", Kind.SYMLINK, "/{outside}"), ("l/file", Kind.FILE, "")],
    "a chain of links": [("a", Kind.SYMLINK, "b"), ("b", Kind.SYMLINK, "../outside"), ("a/file", Kind.FILE, "")],
    "a link and back in": [("l", Kind.SYMLINK, "../out"), ("l/file", Kind.FILE, "")],
    "a link out of a directory": [
        ("d", Kind.DIRECTORY, ""),
        ("d/l", Kind.SYMLINK, "../../outside"),
        ("d/l/f", Kind.FILE, ""),
    ],
    "a directory behind a link": [("l", Kind.SYMLINK, "../outside"), ("l/made", Kind.DIRECTORY, "")],
    "a link behind a link": [("l", Kind.SYMLINK, "../outside"), ("l/m", Kind.SYMLINK, "x")],
    "a fifo behind a link": [("l", Kind.SYMLINK, "../outside"), ("l/p", Kind.FIFO, "")],
    "a hard link through a link": [("l", Kind.SYMLINK, "../outside"), ("h", Kind.HARDLINK, "l/secret")],
    "a hard link to itself": [("h", Kind.HARDLINK, "h")],
    "hard links in a circle": [("g", Kind.HARDLINK, "h"), ("h", Kind.HARDLINK, "g")],
    "a hard link to nothing": [("h", Kind.HARDLINK, "nothing")],
    "a hard link to a directory": [("d", Kind.DIRECTORY, ""), ("h", Kind.HARDLINK, "d")],
    "a link to itself": [("l", Kind.SYMLINK, "l"), ("l/file", Kind.FILE, "")],
    "two links in a circle": [("a", Kind.SYMLINK, "b"), ("b", Kind.SYMLINK, "a"), ("a/file", Kind.FILE, "")],
    "a path over PATH_MAX": escaping_by_length(),
}


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_bytes(b"secret")
    return folder


def in_memory(items: Sequence[Item], folder: Path) -> Artifact:
    entries = {path: Entry(path, kind, target=target) for path, kind, target in items if kind is not Kind.FILE}
    artifact = artifact_of({path: b"pwned" for path, kind, _ in items if kind is Kind.FILE})
    kept = {entry.path: entry for entry in artifact.inventory.visible} | entries
    visible = tuple(kept[path] for path in sorted(kept))
    return replace(artifact, inventory=replace(artifact.inventory, visible=visible))


def in_a_tar(items: Sequence[Item], folder: Path) -> Artifact:
    types = {
        Kind.FILE: tarfile.REGTYPE,
        Kind.SYMLINK: tarfile.SYMTYPE,
        Kind.HARDLINK: tarfile.LNKTYPE,
        Kind.DIRECTORY: tarfile.DIRTYPE,
        Kind.FIFO: tarfile.FIFOTYPE,
    }
    with tarfile.open(folder / "evil.tar", "w") as archive:
        for path, kind, target in items:
            info = tarfile.TarInfo(path)
            info.type, info.linkname = (
                types.get(kind, tarfile.REGTYPE if kind is Kind.FILE else tarfile.FIFOTYPE),
                target,
            )
            info.size = 5 if kind is Kind.FILE else 0
            archive.addfile(info, io.BytesIO(b"pwned") if kind is Kind.FILE else None)
    return TAR.open(folder / "evil.tar", Opening())


@pytest.mark.parametrize("how", [in_memory, in_a_tar])
@pytest.mark.parametrize("name", BREAKOUTS)
def test_nothing_breaks_out(name: str, how: Callable[[Sequence[Item], Path], Artifact], outside: Path) -> None:
    folder = outside.parent
    items = [(path, kind, target.replace("{outside}", str(outside)[1:])) for path, kind, target in BREAKOUTS[name]]
    with pytest.raises(Refused) as caught:
        pack(how(items, folder), folder / "out")
    assert caught.value.exit_code == 4
    assert sorted(path.name for path in outside.iterdir()) == ["secret"]
    assert (outside / "secret").read_bytes() == b"secret"
    assert (outside / "secret").stat().st_nlink == 1
    assert {path.name for path in folder.iterdir()} <= {"outside", "evil.tar"}


def test_an_image_may_put_files_below_a_link_of_a_lower_layer_and_they_stay_inside(outside: Path) -> None:
    files: dict[str, bytes | Entry] = {
        "lib": link("lib", "usr/lib"),
        "usr/lib/a": b"a",
        "lib/b": b"b",
        "abs": link("abs", str(outside)),
    }
    artifact = replace(artifact_of(files), image=IMAGE)
    out = pack(artifact, outside.parent / "out")
    assert (out / "usr/lib/b").read_bytes() == b"b"
    assert (out / "lib").is_symlink()
    inner = artifact_of({**files, "abs/deep": b"scoped"})
    out = pack(replace(inner, image=IMAGE), outside.parent / "out2")
    assert (out / str(outside)[1:] / "deep").read_bytes() == b"scoped"
    assert sorted(path.name for path in outside.iterdir()) == ["secret"]


@pytest.mark.parametrize("target", ["../../..", "../outside", "self"])
def test_an_image_whose_links_lead_out_is_refused(target: str, outside: Path) -> None:
    artifact = artifact_of({"self": link("self", target), "self/x": b"x"})
    with pytest.raises(Hostile):
        pack(replace(artifact, image=IMAGE), outside.parent / "out")


def test_what_lies_below_a_file_and_what_is_there_twice_is_refused(tmp_path: Path) -> None:
    below = in_memory([("a", Kind.FILE, ""), ("a/b", Kind.FILE, "")], tmp_path)
    visible = tuple(entry.but(kind=Kind.FILE) if entry.path == "a" else entry for entry in below.inventory.visible)
    with pytest.raises(Hostile, match="below"):
        pack(replace(below, inventory=replace(below.inventory, visible=visible)), tmp_path / "out")
    twice = artifact_of({"a": b"x"})
    with pytest.raises(Hostile, match="twice"):
        pack(twice, tmp_path / "out", Changes(added={"a": Addition(entry_of("a", b""))}))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_swapped_for_a_link_while_it_is_written_leads_nowhere(outside: Path) -> None:
    folder = outside.parent

    class Swap(Silent):
        def advance(self, amount: int) -> None:
            for staging in folder.glob(".out*"):
                if (staging / "b").is_dir() and not (staging / "b").is_symlink():
                    (staging / "b").rename(staging / "moved")
                    (staging / "b").symlink_to(outside)

    with pytest.raises(OSError):  # noqa: PT011  # somebody else writes into our folder: what the kernel says
        pack(artifact_of({"a/x": b"1", "b/y": b"2", "c/z": b"3"}), folder / "out", progress=Swap())
    assert sorted(path.name for path in outside.iterdir()) == ["secret"]


def test_modes_times_and_links_come_out_as_they_went_in(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "locked").mkdir(parents=True)
    (tree / "locked" / "file").write_bytes(b"body")
    os.link(tree / "locked" / "file", tree / "also")
    (tree / "link").symlink_to("nowhere")
    os.mkfifo(tree / "pipe")
    (tree / "locked" / "file").chmod(0o440)
    for number, path in enumerate(["locked/file", "link", "pipe", "locked"]):
        os.utime(tree / path, ns=(5, 1_600_000_000_123_456_789 + number), follow_symlinks=False)
    (tree / "locked").chmod(0o555)
    out = pack(open_directory(tree), tmp_path / "out")
    assert (out / "also").stat().st_ino == (out / "locked" / "file").stat().st_ino
    for path in ("locked", "locked/file", "link", "pipe"):
        before, after = (tree / path).lstat(), (out / path).lstat()
        assert (before.st_mode, before.st_uid, before.st_gid) == (after.st_mode, after.st_uid, after.st_gid)
        assert abs(before.st_mtime_ns - after.st_mtime_ns) < 250
    assert open_directory(out).digest == open_directory(tree).digest
    listed = [[(entry.path, entry.mtime) for entry in open_directory(at).inventory.visible] for at in (tree, out)]
    assert listed[0] == listed[1]


def test_a_copy_of_a_tree_is_the_tree_for_diff_too(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for number in range(60):
        path = tree / f"d{number % 7}" / f"e{number % 3}" / f"{number}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(number * number * 37))
    (tree / "big").write_bytes(os.urandom(3 << 20))
    (tree / "d1" / "link").symlink_to("../big")
    out = pack(open_directory(tree), tmp_path / "out")
    assert subprocess.run(["diff", "-r", "--no-dereference", tree, out], check=False).returncode == 0


def test_holes_stay_holes(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    with (tmp_path / "tree" / "sparse").open("wb") as file:
        file.truncate(64 << 20)
        file.seek(32 << 20)
        file.write(b"x" * 4096)
    out = pack(open_directory(tmp_path / "tree"), tmp_path / "out") / "sparse"
    assert out.stat().st_size == 64 << 20
    assert out.stat().st_blocks * 512 < 1 << 20
    assert out.read_bytes()[32 << 20 : (32 << 20) + 4096] == b"x" * 4096


def test_extended_attributes_are_kept(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "file").write_bytes(b"x")
    try:
        os.setxattr(tmp_path / "tree" / "file", "user.origin", b"here")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    assert os.getxattr(pack(open_directory(tmp_path / "tree"), tmp_path / "out") / "file", "user.origin") == b"here"


@AS_ROOT
def test_root_keeps_owners_devices_set_user_bits_and_capabilities(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "tool").write_bytes(b"x")
    os.chown(tree / "tool", 1234, 4321)
    (tree / "tool").chmod(0o6755)
    os.mknod(tree / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    capability = bytes.fromhex("0100000200200000000000000000000000000000")
    (tree / "ping").write_bytes(b"x")
    os.setxattr(tree / "ping", "security.capability", capability)
    out = pack(open_directory(tree), tmp_path / "out")
    status = (out / "tool").stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 4321, 0o6755)
    assert (out / "null").stat().st_rdev == os.makedev(1, 3)
    assert os.getxattr(out / "ping", "security.capability") == capability


AS_NOBODY = """
import ctypes, os, sys
from dataclasses import replace
from pathlib import Path
from builders.scenes import artifact_of, entry_of
from deadweight.core.changes import Changes
from deadweight.core.entry import Entry, Kind
from deadweight.core.seams import Packing
from deadweight.formats.directory import FORMAT
from deadweight.formats.trees.scoped import openat2
artifact = artifact_of({"su": b"x", "tool": b"x"})
null = Entry("null", Kind.CHARACTER, device=(1, 3))
visible = (null, entry_of("su", b"x", mode=0o4755, uid=0), entry_of("tool", b"x", uid=77))
artifact = replace(artifact, inventory=replace(artifact.inventory, visible=visible))
openat2()
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
FORMAT.pack(artifact, Changes(), Path(sys.argv[1]), Packing(note=lambda gap: print(gap.where, "-", gap.reason)))
"""


def test_what_only_root_could_keep_is_noted_and_the_rest_is_written(tmp_path: Path) -> None:
    opened_to_all(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-c", AS_NOBODY, str(tmp_path / "out")]
    said = subprocess.check_output(command, text=True, env=environment)
    assert sorted(line.split(" - ")[0] for line in said.splitlines()) == ["null", "su"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["su", "tool"]
    assert stat.S_IMODE((tmp_path / "out" / "su").stat().st_mode) == 0o755


def test_a_hard_link_whose_first_name_a_higher_layer_took_keeps_its_body(tmp_path: Path) -> None:
    class Bodies:
        def stream(self, wanted: object) -> object:
            for entry in wanted:  # type: ignore[attr-defined]  # an iterable of entries
                yield entry, io.BytesIO({"taken": b"old", "replaced": b"new", "kept": b"old2"}[entry.path])

    visible = (hard("kept", "replaced"), entry_of("replaced", b"new", layer=1), hard("taken", "gone"))
    artifact = artifact_of({"replaced": visible[1]})
    artifact = replace(artifact, inventory=replace(artifact.inventory, visible=visible), contents=Bodies(), image=IMAGE)  # type: ignore[arg-type]  # a hand-made double
    out = pack(artifact, tmp_path / "out")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        "taken": b"old",
        "replaced": b"new",
        "kept": b"old2",
    }


def test_changes_come_out_in_the_copy(tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    staged.write_bytes(b"new content")
    artifact = artifact_of({"a/gone": b"1", "a/same": b"22", "b/same": b"22", "c/same": b"22", "d": b"old", "e": b"e"})
    changes = Changes(
        removed=frozenset({"a/gone"}),
        replaced={"d": staged},
        linked={"b/same": Link("a/same", Linking.HARD), "c/same": Link("a/same", Linking.SYMBOLIC, "../a/same")},
        added={"new/file": Addition(Entry("new/file", Kind.FILE, size=11, mode=0o755), staged)},
    )
    out = pack(artifact, tmp_path / "out", changes)
    assert not (out / "a" / "gone").exists()
    assert (out / "b" / "same").stat().st_ino == (out / "a" / "same").stat().st_ino
    assert os.readlink(out / "c" / "same") == "../a/same"  # noqa: PTH115  # the text, not a path
    assert (out / "d").read_bytes() == (out / "new" / "file").read_bytes() == b"new content"
    assert stat.S_IMODE((out / "new" / "file").stat().st_mode) == 0o755


def test_removing_the_first_name_of_a_body_leaves_it_under_the_others(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a").write_bytes(b"body")
    os.link(tree / "a", tree / "b")
    os.link(tree / "a", tree / "c")
    out = pack(open_directory(tree), tmp_path / "out", Changes(removed=frozenset({"a"})))
    assert (out / "b").read_bytes() == b"body"
    assert (out / "b").stat().st_ino == (out / "c").stat().st_ino
    assert not (out / "a").exists()


def test_a_body_of_another_length_than_the_index_says_is_refused(tmp_path: Path) -> None:
    artifact = artifact_of({"a": b"12345"})
    visible = tuple(entry.but(size=6, stored=6) for entry in artifact.inventory.visible)
    with pytest.raises(Corrupt, match="5 bytes where 6"):
        pack(replace(artifact, inventory=replace(artifact.inventory, visible=visible, total=6)), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_what_has_no_time_gets_that_of_the_packing(tmp_path: Path) -> None:
    out = pack(artifact_of({"d/a": b"x"}), tmp_path / "out", epoch=1_000_000_000)
    assert (out / "d" / "a").stat().st_mtime == (out / "d").stat().st_mtime == 1_000_000_000


def test_gaps_of_one_reason_are_told_once(tmp_path: Path) -> None:
    heard: list[Gap] = []
    entries = {f"f{number}": entry_of(f"f{number}", b"x", xattrs=(("bogus.name", b"1"),)) for number in range(3)}
    artifact = artifact_of(dict.fromkeys(entries, b"x"))
    visible = tuple(entries[path] for path in sorted(entries))
    pack(replace(artifact, inventory=replace(artifact.inventory, visible=visible)), tmp_path / "out", note=heard.append)
    assert [(gap.stage, gap.where) for gap in heard] == [("pack", "f0")]
    assert "2 more" in heard[0].reason
