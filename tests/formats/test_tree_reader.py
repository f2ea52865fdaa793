from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from blake3 import blake3

from builders.ordinary_user import opened_to_all
from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.limits import Limits
from deadweight.core.progress import Silent
from deadweight.core.seams import Opening
from deadweight.formats.directory import FORMAT
from deadweight.formats.trees.unread import UNREAD

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices and changes owners")


def opened(root: Path, **how: object) -> Artifact:
    return FORMAT.open(root, replace(Opening(), **how))  # type: ignore[arg-type]  # the caller names fields of Opening


def entries(artifact: Artifact) -> dict[str, Entry]:
    return {entry.path: entry for entry in artifact.inventory.visible}


def test_an_entry_says_what_the_file_system_says(tmp_path: Path) -> None:
    file = tmp_path / "bin" / "tool"
    file.parent.mkdir(mode=0o750)
    file.write_bytes(b"#!/bin/sh\necho hello\n")
    file.chmod(0o751)
    os.utime(file, ns=(1_600_000_000_250_000_000, 1_500_000_000_750_000_000))
    entry = entries(opened(tmp_path))["bin/tool"]
    assert (entry.kind, entry.size, entry.stored, entry.mode) == (Kind.FILE, 21, 21, 0o751)
    assert (entry.mtime, entry.atime) == (1_500_000_000.75, 1_600_000_000.25)
    assert (entry.uid, entry.gid) == (os.geteuid(), file.stat().st_gid)
    assert entry.digest == f"blake3:{blake3(file.read_bytes()).hexdigest()}"
    assert entry.head == b"#!/bin/sh\necho h"
    assert entries(opened(tmp_path))["bin"].mode == 0o750


def test_the_root_is_no_entry_and_the_rest_is_sorted_by_path(tmp_path: Path) -> None:
    for name in ("b/2", "a.b", "a/1", "b.c/3"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    paths = [entry.path for entry in opened(tmp_path).inventory.visible]
    assert paths == ["a", "a.b", "a/1", "b", "b.c", "b.c/3", "b/2"]


def test_a_whole_second_is_never_rounded_up_for_bytecode_is_checked_against_it(tmp_path: Path) -> None:
    (tmp_path / "x.py").touch()
    os.utime(tmp_path / "x.py", ns=(0, 1_700_000_000_999_999_999))
    assert int(entries(opened(tmp_path))["x.py"].mtime) == 1_700_000_000


def test_the_first_path_of_a_hard_linked_body_is_the_file_and_the_others_link_to_it(tmp_path: Path) -> None:
    (tmp_path / "z").write_bytes(b"body")
    (tmp_path / "a").mkdir()
    os.link(tmp_path / "z", tmp_path / "a" / "first")
    os.link(tmp_path / "z", tmp_path / "b")
    artifact = opened(tmp_path)
    found = entries(artifact)
    assert found["a/first"].kind is Kind.FILE
    assert [(found[path].kind, found[path].target, found[path].stored) for path in ("b", "z")] == [
        (Kind.HARDLINK, "a/first", 0)
    ] * 2
    assert artifact.inventory.total == 4
    assert {entry.path: body.read() for entry, body in artifact.contents.stream([found["z"]])} == {"z": b"body"}


def test_metadata_is_kept_under_every_name_of_a_hard_linked_body(tmp_path: Path) -> None:
    for name in ("one/METADATA", "two/METADATA"):
        (tmp_path / name).parent.mkdir()
    (tmp_path / "one/METADATA").write_bytes(b"Name: x\n")
    os.link(tmp_path / "one/METADATA", tmp_path / "two/METADATA")
    assert opened(tmp_path, keep=("two/METADATA",)).small == {"two/METADATA": b"Name: x\n"}
    assert set(opened(tmp_path, keep=("*/METADATA",)).small) == {"one/METADATA", "two/METADATA"}


def test_links_are_never_followed_and_their_texts_are_overhead(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "out").symlink_to("/etc")
    (tmp_path / "up").symlink_to("..")
    artifact = opened(tmp_path)
    assert {path: entry.target for path, entry in entries(artifact).items()} == {
        "loop": "loop",
        "out": "/etc",
        "up": "..",
    }
    assert artifact.inventory.overhead == {"links": len("loop/etc..")}


def test_the_bytes_are_those_that_du_counts_but_for_directories(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "file").write_bytes(b"x" * 12_345)
    (tmp_path / "deep" / "small").write_bytes(b"y" * 7)
    os.link(tmp_path / "deep" / "small", tmp_path / "linked")
    (tmp_path / "symbolic").symlink_to("deep/er/file")
    lines = subprocess.check_output(["du", "-ab", "--apparent-size", tmp_path], text=True).splitlines()
    counted = [line.split("\t") for line in lines]
    expected = sum(int(size) for size, path in counted if not Path(path).is_dir())
    assert opened(tmp_path).inventory.total == expected


def test_the_holes_of_a_sparse_file_cost_nothing(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(50 << 20)
        file.seek(20 << 20)
        file.write(b"x" * 8192)
    entry = entries(opened(tmp_path))["sparse"]
    assert entry.size == 50 << 20
    assert 8192 <= entry.stored < 1 << 20


def test_names_that_are_not_text_and_names_of_full_length_are_kept(tmp_path: Path) -> None:
    os.makedirs(os.path.join(os.fsencode(tmp_path), b"caf\xe9"))  # noqa: PTH103, PTH118  # bytes
    (tmp_path / ("n" * 255)).write_bytes(b"long")
    found = entries(opened(tmp_path))
    assert os.fsencode(next(path for path in found if path.startswith("caf"))) == b"caf\xe9"
    assert found["n" * 255].size == 4


def test_a_path_beyond_four_thousand_bytes_is_refused(tmp_path: Path) -> None:
    at = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=at)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    with pytest.raises(Hostile, match="bytes"):
        opened(tmp_path)


@pytest.mark.parametrize(
    ("limits", "says"),
    [(Limits(entries=3), "entries"), (Limits(depth=2), "nested"), (Limits(metadata=3), "metadata")],
)
def test_a_tree_beyond_a_limit_is_refused(limits: Limits, says: str, tmp_path: Path) -> None:
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    (tmp_path / "a" / "METADATA").write_bytes(b"four")
    with pytest.raises(Hostile, match=says):
        opened(tmp_path, limits=limits, keep=("a/METADATA",))


def test_sockets_are_gaps_and_fifos_are_entries_that_nobody_waits_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
        artifact = opened(tmp_path)
    assert [(gap.where, gap.stage) for gap in artifact.gaps] == [("socket", "open")]
    assert entries(artifact)["pipe"].kind is Kind.FIFO


@AS_ROOT
def test_devices_are_entries_with_their_numbers(tmp_path: Path) -> None:
    os.mknod(tmp_path / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    entry = entries(opened(tmp_path))["null"]
    assert (entry.kind, entry.device) == (Kind.CHARACTER, (1, 3))


def test_extended_attributes_of_users_are_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    try:
        os.setxattr(tmp_path / "file", "user.origin", b"here")
        os.setxattr(tmp_path / "folder", "user.kind", b"folder")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    found = entries(opened(tmp_path))
    assert found["file"].xattrs == (("user.origin", b"here"),)
    assert found["folder"].xattrs == (("user.kind", b"folder"),)


UNREADABLE = """
import concurrent.futures.thread, ctypes, os, sys
from pathlib import Path
from deadweight.core.errors import Lacking
from deadweight.core.changes import Changes
from deadweight.core.seams import Opening, Packing
from deadweight.formats.directory import FORMAT
from deadweight.formats.trees.scoped import openat2
from deadweight.formats.tar import FORMAT as TAR
from deadweight.formats.zip import FORMAT as ZIP
openat2()
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
artifact = FORMAT.open(Path(sys.argv[1]), Opening())
print(sorted((gap.stage, gap.where) for gap in artifact.gaps), artifact.inventory.total)
for form in (FORMAT, ZIP, TAR):
    try:
        form.pack(artifact, Changes(), Path(sys.argv[2]), Packing())
    except Lacking as error:
        print("lacking", error.exit_code)
"""


def test_what_may_not_be_read_is_a_gap_and_no_copy_without_it_is_made(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "closed").mkdir(parents=True)
    (tree / "closed" / "inside").write_bytes(b"?")
    (tree / "secret").write_bytes(b"12345")
    (tree / "open").write_bytes(b"123")
    (tree / "listed").mkdir()
    (tree / "listed" / "unknown").write_bytes(b"?")
    (tree / "listed").chmod(0o444)
    (tree / "secret").chmod(0)
    (tree / "closed").chmod(0)
    opened_to_all(tmp_path)
    command = [sys.executable, "-c", UNREADABLE, str(tree), str(tmp_path / "out")]
    said = subprocess.check_output(command, text=True)
    assert said.splitlines() == [
        f"[('{UNREAD}', 'closed'), ('{UNREAD}', 'listed/unknown'), ('{UNREAD}', 'secret')] 8",
        *["lacking 5"] * 3,
    ]
    assert not (tmp_path / "out").exists()


class Meddler(Silent):
    """Does something to the tree while it is being read."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        self.meddle = meddle

    def start(self, what: str, total: int, unit: str = "B") -> None:
        self.meddle()


def swap_for_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


def swap_for_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "meddle",
    [Path.unlink, swap_for_link, swap_for_fifo, lambda path: path.write_bytes(b"longer than before")],
    ids=["removed", "link", "fifo", "written"],
)
def test_a_file_that_changes_while_the_tree_is_read_is_refused(
    meddle: Callable[[Path], object], tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"before")
    with pytest.raises(Corrupt, match="changed"):
        opened(tmp_path, progress=Meddler(lambda: meddle(tmp_path / "a")))


@pytest.mark.parametrize(
    "meddle",
    [Path.unlink, swap_for_link, swap_for_fifo, lambda path: path.write_bytes(b"BEFORE")],
    ids=["removed", "link", "fifo", "written"],
)
def test_a_file_that_changes_after_opening_is_refused_when_it_is_read(
    meddle: Callable[[Path], object], tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"before")
    os.utime(tmp_path / "a", ns=(0, 0))
    artifact = opened(tmp_path)
    meddle(tmp_path / "a")
    with pytest.raises(Corrupt, match="changed"):
        list(artifact.contents.stream(artifact.inventory.visible))


def test_another_directory_in_the_place_of_the_tree_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a").write_bytes(b"x")
    artifact = opened(tmp_path / "tree")
    (tmp_path / "tree").rename(tmp_path / "old")
    (tmp_path / "tree").mkdir()
    with pytest.raises(Corrupt):
        list(artifact.contents.stream(artifact.inventory.visible))


def test_the_digest_is_of_the_content_and_not_of_times(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    first = opened(tmp_path).digest
    os.utime(tmp_path / "a", (0, 0))
    assert opened(tmp_path).digest == first
    (tmp_path / "a").chmod(0o600)
    second = opened(tmp_path).digest
    (tmp_path / "a").rename(tmp_path / "b")
    third = opened(tmp_path).digest
    assert len({first, second, third}) == 3


def test_reading_does_not_change_the_time_of_last_access(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "log").write_bytes(b"x" * 10)
    for path in (tmp_path / "folder" / "log", tmp_path / "folder"):
        os.utime(path, ns=(1_000_000_000, 2_000_000_000))
    opened(tmp_path)
    status = [path.stat().st_atime_ns for path in (tmp_path / "folder", tmp_path / "folder" / "log")]
    assert status == [1_000_000_000] * 2


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "file").write_bytes(b"x")
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # a path that changes as it is read
    artifact = opened(tmp_path)
    stream = artifact.contents.stream(entry for entry in artifact.inventory.visible if entry.kind is Kind.FILE)
    next(stream)
    stream.close()  # type: ignore[attr-defined]  # it is a generator
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_contents_can_be_read_from_several_threads_at_once(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}").write_bytes(bytes([number]) * 1000)
    artifact = opened(tmp_path)
    seen: list[list[bytes]] = []

    def read() -> None:
        seen.append([body.read() for _, body in artifact.contents.stream(artifact.inventory.visible)])

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [[bytes([number]) * 1000 for number in range(30)]] * 4


def test_progress_hears_of_every_byte(tmp_path: Path) -> None:
    heard: list[int] = []

    class Counting(Silent):
        def start(self, what: str, total: int, unit: str = "B") -> None:
            heard.append(-total)

        def advance(self, amount: int) -> None:
            heard.append(amount)

    (tmp_path / "big").write_bytes(b"x" * (3 << 20))
    (tmp_path / "small").write_bytes(b"x" * 10)
    opened(tmp_path, progress=Counting())
    assert sum(heard) == 0
    assert heard[0] == -((3 << 20) + 10)


def test_the_tree_may_be_named_through_a_link_and_from_another_folder(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a").write_bytes(b"body")
    (tmp_path / "link").symlink_to("tree")
    script = f"""
        import os
        from pathlib import Path
        from deadweight.core.seams import Opening
        from deadweight.formats.directory import FORMAT
        os.chdir({str(tmp_path)!r})
        artifact = FORMAT.open(Path("link"), Opening())
        os.chdir("/")
        print(artifact.location, [body.read() for _, body in artifact.contents.stream(artifact.inventory.visible)])
    """
    said = subprocess.check_output([sys.executable, "-c", textwrap.dedent(script)], text=True)
    assert said == "link [b'body']\n"
