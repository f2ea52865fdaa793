"""What happens to a copy when the world fails: the disk is full, the target is read-only, the process is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.zips import wheel_files, zip_of
from deadweight.core.changes import Changes
from deadweight.core.errors import DeadweightError, Lacking, UsageError
from deadweight.core.seams import Opening, Packing
from deadweight.formats.recognition import format_named, recognise

TREES = ("directory", "zip", "tar")

KILLED = """
import os, signal, sys
from pathlib import Path
from deadweight.core.changes import Changes
from deadweight.core.progress import Silent
from deadweight.core.seams import Opening, Packing
from deadweight.formats.recognition import format_named

class Death(Silent):
    left = int(sys.argv[4])

    def advance(self, amount):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

artifact = format_named("directory").open(Path(sys.argv[1]), Opening())
format_named(sys.argv[3]).pack(artifact, Changes(), Path(sys.argv[2]), Packing(progress=Death()))
"""

LIMITED = """
import resource, signal, sys
from pathlib import Path
from deadweight.core.changes import Changes
from deadweight.core.errors import Lacking
from deadweight.core.seams import Opening, Packing
from deadweight.formats.recognition import format_named

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
artifact = format_named("directory").open(Path(sys.argv[1]), Opening())
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    format_named(sys.argv[3]).pack(artifact, Changes(), Path(sys.argv[2]), Packing())
except Lacking as error:
    sys.exit(error.exit_code)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02}").mkdir()
        (folder / f"{number:02}" / "noise").write_bytes(os.urandom(300_000))
        (folder / f"{number:02}").chmod(0o555)
    return folder


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,nr_inodes=200", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def pack(source: Path, out: Path, name: str) -> None:
    form = format_named(name)
    assert form.pack is not None
    form.pack(recognise(source).open(source, Opening()), Changes(), out, Packing())


@pytest.mark.parametrize("name", TREES)
def test_a_full_disk_is_lacking_and_leaves_nothing(name: str, tree: Path, tiny_disk: Path) -> None:
    before = recognise(tree).open(tree, Opening()).digest
    with pytest.raises(Lacking, match="no space") as caught:
        pack(tree, tiny_disk / "out", name)
    assert caught.value.exit_code == 5
    assert list(tiny_disk.iterdir()) == []
    assert recognise(tree).open(tree, Opening()).digest == before


def test_a_disk_without_room_for_more_names_is_lacking_too(tmp_path: Path, tiny_disk: Path) -> None:
    many = tmp_path / "many"
    for number in range(300):
        (many / f"{number}").mkdir(parents=True)
    with pytest.raises(Lacking, match="no space"):
        pack(many, tiny_disk / "out", "directory")
    assert list(tiny_disk.iterdir()) == []


@pytest.mark.parametrize("name", TREES)
def test_a_disk_that_may_only_be_read_is_lacking(name: str, tree: Path, tiny_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    with pytest.raises(Lacking, match="cannot be written"):
        pack(tree, tiny_disk / "out", name)


@pytest.mark.parametrize("name", TREES)
def test_a_limit_on_the_size_of_files_is_lacking(name: str, tree: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIMITED, str(tree), str(tmp_path / "out"), name]
    assert subprocess.run(command, check=False).returncode == Lacking.exit_code
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tree"]


@pytest.mark.parametrize("name", TREES)
@pytest.mark.parametrize("after", [1, 7, 12])
def test_a_killed_run_leaves_no_result_and_the_next_one_cleans_up(
    after: int, name: str, tree: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", KILLED, str(tree), str(tmp_path / "out"), name, str(after)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    pack(tree, tmp_path / "out", name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tree"]


@pytest.mark.parametrize("name", TREES)
def test_a_result_that_is_already_there_is_never_replaced(name: str, tree: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"precious")
    with pytest.raises(UsageError):
        pack(tree, tmp_path / "out", name)
    assert (tmp_path / "out").read_bytes() == b"precious"


@pytest.mark.parametrize("name", TREES)
def test_an_input_that_turns_out_damaged_leaves_no_result(name: str, tmp_path: Path) -> None:
    source = zip_of(tmp_path / "a.whl", wheel_files({"x.py": b"x = 1\n" * 1000}))
    artifact = recognise(source).open(source, Opening())
    body = bytearray(source.read_bytes())
    body[60] ^= 0xFF
    source.write_bytes(bytes(body))
    form = format_named(name)
    assert form.pack is not None
    with pytest.raises(DeadweightError) as caught:
        form.pack(artifact, Changes(), tmp_path / "out", Packing())
    assert caught.value.exit_code == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.whl"]
