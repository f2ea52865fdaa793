"""The memory of indexed layers may be damaged, closed, full or shared: never an error, never another answer."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from builders.command import command_line, deadweight, names
from builders.images import docker_files, image_of, write_archive
from builders.places import AS_NOBODY, can_mount, read_only, small_disk

MOUNTS = pytest.mark.skipif(not can_mount(), reason="file systems can't be mounted here")
ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    layers = [[(f"app/{layer}/{number}.py", b"x" * number) for number in range(40)] for layer in range(3)]
    return write_archive(tmp_path / "image.tar", docker_files(image_of(layers, "gzip")))


def answer(image: Path, home: Path | str, *before: str) -> str:
    done = deadweight("weigh", image, "--json", before=before, environment={"XDG_CACHE_HOME": str(home)})
    assert done.status == 0, done.error
    return done.output.partition('"stages"')[0]


@pytest.fixture
def truth(image: Path) -> str:
    done = deadweight("weigh", image, "--json", "--no-cache")
    return done.output.partition('"stages"')[0]


def test_a_damaged_memory_is_as_good_as_none(image: Path, tmp_path: Path, truth: str) -> None:
    home = tmp_path / "home"
    assert answer(image, home) == truth == answer(image, home)
    drawn = random.Random(5)
    spoiled: tuple[Callable[[bytes], bytes], ...] = (
        lambda body: b"",
        lambda body: drawn.randbytes(len(body)),
        lambda body: body[:-1] + bytes((body[-1] ^ 1,)),
        lambda body: b"sha256:" + b"0" * 64,
    )
    for number, spoil in enumerate(spoiled):
        records = sorted((home / "deadweight").iterdir())
        assert len(records) >= 3, number
        for record in records:
            record.write_bytes(spoil(record.read_bytes()))
        assert answer(image, home) == truth


def test_records_that_changed_their_names_are_never_believed(image: Path, tmp_path: Path, truth: str) -> None:
    home = tmp_path / "home"
    assert answer(image, home) == truth
    layers = sorted((home / "deadweight").glob("*.layer"))
    bodies = [layer.read_bytes() for layer in layers]
    for layer, body in zip(layers, [*bodies[1:], bodies[0]], strict=True):
        layer.write_bytes(body)
    assert answer(image, home) == truth


@pytest.mark.parametrize("kind", ["file", "dangling", "loop", "folders"])
def test_a_memory_that_is_no_folder_of_files_is_done_without(
    kind: str, image: Path, tmp_path: Path, truth: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    place = home / "deadweight"
    if kind == "file":
        place.write_bytes(b"mine")
    elif kind in ("dangling", "loop"):
        place.symlink_to("nowhere/at/all" if kind == "dangling" else "deadweight")
    else:
        answer(image, home)
        for record in list(place.iterdir()):
            record.unlink()
            record.mkdir()
    assert answer(image, home) == truth


@MOUNTS
def test_a_memory_on_a_read_only_or_full_disk_is_done_without(image: Path, tmp_path: Path, truth: str) -> None:
    (tmp_path / "home").mkdir()
    with read_only(tmp_path / "home") as home:
        assert answer(image, home) == truth
    with small_disk(1 << 16) as disk:
        (disk / "filler").write_bytes(bytes((1 << 16) - 8192))
        assert answer(image, disk) == truth == answer(image, disk)
        held = disk / "deadweight"
        assert not held.exists() or not [name for name in names(held) if name.startswith(".")]


@ROOT
def test_a_memory_of_somebody_else_is_done_without(image: Path, tmp_path: Path, truth: str) -> None:
    for one in (image, *tmp_path.parents, tmp_path):
        if one.stat().st_uid == 0 and one != Path("/"):
            one.chmod(one.stat().st_mode | 0o055)
    home = tmp_path / "home"
    assert answer(image, home) == truth
    assert answer(image, home, *AS_NOBODY) == truth


def test_runs_at_the_same_time_share_a_memory(image: Path, tmp_path: Path, truth: str) -> None:
    home = tmp_path / "home"
    world = {**os.environ, "XDG_CACHE_HOME": str(home)}
    line = command_line("weigh", image, "--json")
    runs = [subprocess.Popen(line, env=world, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    for process in runs:
        output, error = process.communicate(timeout=60)
        assert process.returncode == 0, error
        assert output.decode().partition('"stages"')[0] == truth
    assert answer(image, home) == truth
