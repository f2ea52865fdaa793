import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deadweight.core.errors import Lacking, UsageError
from deadweight.formats.output import clean_leftovers, put_in_place, whole_directory, whole_file


def write_file(out: Path, body: bytes, meanwhile: Callable[[], object] = lambda: None) -> None:
    with whole_file(out) as stream:
        for start in range(0, len(body), 100_000):
            stream.write(body[start : start + 100_000])
        meanwhile()


def write_tree(out: Path, body: bytes, meanwhile: Callable[[], object] = lambda: None) -> None:
    with whole_directory(out) as folder:
        (folder / "locked").mkdir()
        (folder / "locked" / "file").write_bytes(body)
        (folder / "locked").chmod(0)
        meanwhile()


WRITER = """
import resource, signal, sys
from pathlib import Path
from deadweight.formats.output import whole_directory, whole_file
out = Path(sys.argv[1])
with whole_file(out) as stream:
    for _ in range(200):
        stream.write(b"x" * 10_000)
        stream.flush()
with whole_directory(Path(sys.argv[2])) as folder:
    for number in range(200):
        (folder / str(number)).write_bytes(b"y" * 1_000)
"""

TOO_BIG = """
import resource, signal, sys
from pathlib import Path
from deadweight.core.errors import Lacking
from deadweight.formats.output import whole_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with whole_file(Path(sys.argv[1])) as stream:
        stream.write(b"x" * 1_000_000)
except Lacking as error:
    print(error.message)
    sys.exit(error.exit_code)
"""


def left_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_file_appears_under_its_name_only_when_whole(tmp_path: Path) -> None:
    out = tmp_path / "out.tar"
    with whole_file(out) as stream:
        stream.write(b"body")
        assert not out.exists()
    assert out.read_bytes() == b"body"
    assert left_in(tmp_path) == ["out.tar"]


def test_a_directory_appears_under_its_name_only_when_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with whole_directory(out) as folder:
        (folder / "a").write_bytes(b"body")
        assert not out.exists()
    assert (out / "a").read_bytes() == b"body"
    assert left_in(tmp_path) == ["out"]


def test_a_file_gets_the_mode_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with whole_file(tmp_path / "out"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o640


def test_what_is_already_there_is_refused_and_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_bytes(b"mine")
    with pytest.raises(UsageError, match="already there"), whole_file(out):
        raise AssertionError("never entered")
    with pytest.raises(UsageError, match="already there"), whole_directory(out):
        raise AssertionError("never entered")
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(UsageError, match="already there"), whole_file(tmp_path / "dangling"):
        raise AssertionError("never entered")
    assert out.read_bytes() == b"mine"


def test_what_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(UsageError, match="already there"):
        write_file(out, b"ours", meanwhile=lambda: out.write_bytes(b"theirs"))
    assert out.read_bytes() == b"theirs"
    with pytest.raises(UsageError, match="already there"):
        write_tree(tmp_path / "tree", b"ours", meanwhile=(tmp_path / "tree").mkdir)
    assert left_in(tmp_path) == ["out", "tree"]


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt()])
def test_an_error_or_an_interrupt_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        write_file(tmp_path / "file", b"half", meanwhile=fail)
    with pytest.raises(type(error)):
        write_tree(tmp_path / "tree", b"half", meanwhile=fail)
    assert left_in(tmp_path) == []


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    for opened in (whole_file, whole_directory):
        with pytest.raises(UsageError, match="no such folder"), opened(tmp_path / "absent" / "out"):
            raise AssertionError("never entered")


def test_errors_of_the_input_are_not_blamed_on_the_output(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "out"):
        (tmp_path / "input").read_bytes()


def test_a_name_of_full_length_can_be_written(tmp_path: Path) -> None:
    out = tmp_path / ("ä" * 127)
    with whole_file(out) as stream:
        stream.write(b"body")
    assert out.read_bytes() == b"body"


def test_leftovers_of_the_dead_go_and_work_of_the_living_stays(tmp_path: Path) -> None:
    (tmp_path / ".out.deadweight-1-0123abcd").write_bytes(b"half")
    tree = tmp_path / ".tree.deadweight-999999-0123abcd"
    (tree / "deep").mkdir(parents=True)
    (tree / "deep").chmod(0o500)
    other = tmp_path / ".out.deadweight-notes"
    other.write_bytes(b"somebody's")
    with whole_file(tmp_path / "living") as stream:
        stream.write(b"ours")
        with whole_directory(tmp_path / "second"):
            clean_leftovers(tmp_path)
    assert left_in(tmp_path) == [".out.deadweight-notes", "living", "second"]


def test_a_link_that_poses_as_a_leftover_harms_nothing(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_bytes(b"mine")
    (tmp_path / ".out.deadweight-1-0123abcd").symlink_to(precious)
    clean_leftovers(tmp_path)
    assert (precious / "file").read_bytes() == b"mine"


def test_killed_at_any_moment_the_output_is_absent_or_whole(tmp_path: Path) -> None:
    moments = random.Random(7)
    for attempt in range(12):
        file, tree = tmp_path / f"file{attempt}", tmp_path / f"tree{attempt}"
        with subprocess.Popen([sys.executable, "-c", WRITER, str(file), str(tree)]) as process:
            time.sleep(moments.uniform(0.02, 0.25))
            process.send_signal(signal.SIGKILL)
        assert not file.exists() or file.stat().st_size == 2_000_000
        assert not tree.exists() or len(list(tree.iterdir())) == 200
        with whole_file(tmp_path / "next"):
            assert len([name for name in left_in(tmp_path) if name.startswith(".")]) == 1
        (tmp_path / "next").unlink()


def test_a_file_over_the_size_limit_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", TOO_BIG, str(tmp_path / "out")], capture_output=True, text=True)
    assert run.returncode == 5, run.stderr
    assert "too big" in run.stdout
    assert left_in(tmp_path) == []


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("mounting needs root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_lacking_space_and_nothing_is_left(tiny_disk: Path) -> None:
    with pytest.raises(Lacking, match="no space left"):
        write_file(tiny_disk / "out", b"x" * 4_000_000)
    with pytest.raises(Lacking, match="no space left"):
        write_tree(tiny_disk / "tree", b"x" * 4_000_000)
    assert left_in(tiny_disk) == []


def test_a_read_only_target_is_lacking_the_right_to_write(tiny_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    for opened in (whole_file, whole_directory):
        with pytest.raises(Lacking, match="cannot be written here"), opened(tiny_disk / "out"):
            raise AssertionError("never entered")


@pytest.mark.parametrize("make", [lambda path: path.write_bytes(b"x"), lambda path: path.mkdir()])
def test_what_was_made_elsewhere_never_takes_the_place_of_another(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    made, out = tmp_path / "made", tmp_path / "out"
    make(made)
    put_in_place(made, out)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    make(made)
    with pytest.raises(UsageError, match="already there"):
        put_in_place(made, out)
    assert made.exists()
