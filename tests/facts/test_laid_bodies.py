"""What is laid aside comes back as it was, wherever it was laid."""

from __future__ import annotations

import gc
import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadweight.core.errors import Corrupt
from deadweight.facts.laid_bodies import LaidBodies

BODIES = {f"f{number}": random.Random(number).randbytes(number * 1000) for number in range(9)}


def laid(bodies: dict[str, bytes], held: int, folder: str) -> LaidBodies:
    made = LaidBodies(held, folder)
    for path, body in bodies.items():
        made.lay(path, body)
    return made


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def file_in(folder: Path) -> Path:
    """The open file that once was in the folder."""
    files = (one for one in Path("/proc/self/fd").iterdir() if one.is_symlink())
    return next(one for one in files if str(one.readlink()).startswith(f"{folder}/"))


@pytest.mark.parametrize("held", [0, 3000, 1 << 20], ids=["all on disk", "few in memory", "all in memory"])
@pytest.mark.parametrize("there", [True, False], ids=["a folder", "no folder"])
def test_every_body_comes_back_as_it_was(held: int, there: bool, tmp_path: Path) -> None:
    found = laid(BODIES, held, str(tmp_path if there else tmp_path / "none"))
    assert {path: found.read(path) for path in BODIES} == BODIES
    assert all(path in found for path in BODIES)


@given(st.dictionaries(st.text(max_size=3), st.binary(max_size=40)), st.integers(0, 60))
def test_any_bodies_come_back_in_any_order(bodies: dict[str, bytes], held: int) -> None:
    found = laid(bodies, held, "")
    assert all(found.read(path) == bodies[path] for path in reversed(bodies))


def test_what_was_not_laid_is_not_there() -> None:
    found = laid(BODIES, 0, "")
    assert found.read("other") is None
    assert "other" not in found


def test_no_file_is_made_while_the_bodies_are_few() -> None:
    before = open_files()
    found = laid(BODIES, 1 << 20, "")
    assert open_files() == before
    assert found.most_held == (1 << 20) - sum(map(len, BODIES.values()))


def test_the_file_goes_with_the_bodies(tmp_path: Path) -> None:
    before = open_files()
    found = laid(BODIES, 0, str(tmp_path))
    assert open_files() == before + 1
    assert not list(tmp_path.iterdir())
    del found
    gc.collect()
    assert open_files() == before


def test_a_body_that_the_disk_does_not_give_back_whole_is_an_error(tmp_path: Path) -> None:
    found = laid(BODIES, 0, str(tmp_path))
    os.truncate(file_in(tmp_path), sum(map(len, BODIES.values())) - 1)
    assert found.read("f1") == BODIES["f1"]
    with pytest.raises(Corrupt, match="laid aside"):
        found.read("f8")
