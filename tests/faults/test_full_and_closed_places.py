"""No room or no right to write: told as what the system lacks, with the input as it was and nothing left behind."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builders.command import Done, deadweight, names, state
from builders.images import image_of, layout_files, write_archive
from builders.places import AS_NOBODY, can_mount, read_only, small_disk
from builders.zips import zip_of

DISK = 2 << 20
NOISE = random.Random(7).randbytes(3 << 20)
LITTER = b"\0\0\0\1Bud1"
MOUNTS = pytest.mark.skipif(not can_mount(), reason="file systems can't be mounted here")
ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")


def directory(folder: Path, kept: bytes, cut: bytes) -> Path:
    for name, body in (("data.bin", kept), (".DS_Store", cut), ("main.py", b"print(1)\n")):
        (folder / "app").mkdir(exist_ok=True)
        (folder / "app" / name).write_bytes(body)
    return folder / "app"


def zipped(folder: Path, kept: bytes, cut: bytes) -> Path:
    return zip_of(folder / "app.zip", {"data.bin": kept, ".DS_Store": cut})


def image(folder: Path, kept: bytes, cut: bytes) -> Path:
    made = image_of([[("app/data.bin", kept), ("app/.DS_Store", cut)], [("app/main.py", b"1")]], "gzip")
    return write_archive(folder / "image.tar", layout_files((made, {})))


MAKERS = {"directory": directory, "zip": zipped, "image": image}
Make = Callable[[Path, bytes, bytes], Path]
EVERY = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@pytest.fixture
def disk() -> Iterator[Path]:
    with small_disk(DISK) as place:
        yield place


def lacking(done: Done, *says: str) -> None:
    assert done.status == 5, (done.status, done.error)
    assert all(one in done.error for one in says), done.error


@MOUNTS
@EVERY
def test_a_full_disk_leaves_neither_result_nor_temporaries(make: Make, tmp_path: Path, disk: Path) -> None:
    path = make(tmp_path, NOISE, LITTER)
    before = state(path)
    lacking(deadweight("slim", path, "-o", disk / "out", "-q"), "no space left", str(disk / "out"), "Free some space")
    assert names(disk) == []
    assert state(path) == before


@MOUNTS
@EVERY
def test_a_disk_that_fills_with_the_companion_leaves_nothing(make: Make, tmp_path: Path, disk: Path) -> None:
    path = make(tmp_path, NOISE[: 1 << 20], LITTER + NOISE[: 3 << 19])
    before = state(path)
    lacking(deadweight("slim", path, "-o", disk / "out", "-q"), "no space left", str(disk / "out"))
    assert names(disk) == []
    assert state(path) == before


@MOUNTS
def test_a_plan_that_a_full_disk_cannot_take_is_not_there(tmp_path: Path, disk: Path) -> None:
    path = directory(tmp_path, b"x", b"y")
    (disk / "filler").write_bytes(bytes(DISK))
    lacking(deadweight("plan", path, "-o", disk / "plan.json", "-q"), str(disk / "plan.json"))
    assert names(disk) == ["filler"]


@EVERY
def test_a_limit_on_the_size_of_files_is_what_the_system_lacks(make: Make, tmp_path: Path) -> None:
    path = make(tmp_path, NOISE, LITTER)
    (tmp_path / "place").mkdir()
    before = state(path)
    out = tmp_path / "place" / "out"
    done = deadweight("slim", path, "-o", out, "-q", before=["prlimit", f"--fsize={1 << 20}"])
    lacking(done, "too big a file", str(out))
    assert names(tmp_path / "place") == []
    assert state(path) == before


@MOUNTS
@EVERY
def test_a_disk_that_is_read_only_is_told(make: Make, tmp_path: Path) -> None:
    path = make(tmp_path, b"x", LITTER)
    (tmp_path / "place").mkdir()
    with read_only(tmp_path / "place") as place:
        lacking(deadweight("slim", path, "-o", place / "out", "-q"), "Read-only", str(place / "out"), "may change")
    assert names(tmp_path / "place") == []


@MOUNTS
@EVERY
def test_an_input_on_a_read_only_disk_is_as_good_as_any(make: Make, tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    path = make(tmp_path / "place", b"x", LITTER * 2000)
    with read_only(tmp_path / "place"):
        done = deadweight("slim", path, "-o", tmp_path / "out", "-q")
    assert done.status == 0, done.error
    assert names(tmp_path) == ["out", "out.removed.tar.zst", "place"]


@ROOT
def test_a_folder_of_somebody_else_is_told(tmp_path: Path) -> None:
    path = open_to_all(directory(tmp_path, b"x", LITTER))
    (tmp_path / "place").mkdir(mode=0o755)
    out = tmp_path / "place" / "out"
    lacking(deadweight("slim", path, "-o", out, "-q", before=AS_NOBODY), "Permission denied", str(out))
    assert names(tmp_path / "place") == []


@ROOT
def test_what_may_not_be_read_is_a_gap_and_makes_no_copy(tmp_path: Path) -> None:
    path = open_to_all(directory(tmp_path, b"x", LITTER))
    (path / "secret").write_bytes(b"s")
    (path / "secret").chmod(0o600)
    (tmp_path / "place").mkdir()
    (tmp_path / "place").chmod(0o777)
    weighed = deadweight("weigh", path, "--json", before=AS_NOBODY)
    assert weighed.status == 0
    assert '"where": "secret"' in weighed.output
    lacking(deadweight("slim", path, "-o", tmp_path / "place/out", "-q", before=AS_NOBODY), "secret")
    assert names(tmp_path / "place") == []


@ROOT
def test_an_archive_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = zipped(tmp_path, b"x", b"y")
    open_to_all(tmp_path)
    path.chmod(0o600)
    lacking(deadweight("weigh", path, before=AS_NOBODY), str(path), "may not be read")


def open_to_all(path: Path) -> Path:
    """Let everybody read, up to the root."""
    for one in (path, *path.parents):
        if one != one.parent and one.stat().st_uid == os.geteuid():
            one.chmod(one.stat().st_mode | 0o055)
    for one in path.rglob("*"):
        one.chmod(one.stat().st_mode | (0o055 if one.is_dir() else 0o044))
    return path
