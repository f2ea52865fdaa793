from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from deadweight.native.blank import blank, digest_without

BODY = random.Random(7).randbytes(3_000_000)
STRETCHES = [(10, 20), (4096, 1_500_000), (2_999_000, 3_000_000)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "body"
    path.write_bytes(BODY)
    return path


def expected() -> bytes:
    body = bytearray(BODY)
    for start, end in STRETCHES:
        body[start:end] = bytes(end - start)
    return bytes(body)


def test_the_stretches_are_zeros_and_all_else_is_as_it_was(file: Path) -> None:
    blank(file, STRETCHES)
    assert file.read_bytes() == expected()


def test_a_stretch_takes_no_room_where_the_file_system_keeps_holes(file: Path) -> None:
    blank(file, STRETCHES)
    assert file.stat().st_size == len(BODY)
    with file.open("rb") as opened:
        if os.lseek(opened.fileno(), 8192, os.SEEK_HOLE) > 8192:
            pytest.skip("this file system keeps no holes")
    assert file.stat().st_blocks * 512 < len(BODY) - 1_400_000


def test_the_digest_says_nothing_of_the_stretches_and_all_of_the_rest(file: Path) -> None:
    before = digest_without(file, STRETCHES)
    blank(file, STRETCHES)
    assert digest_without(file, STRETCHES) == before
    with file.open("r+b") as opened:
        opened.seek(1_500_000)
        opened.write(bytes([BODY[1_500_000] ^ 1]))
    assert digest_without(file, STRETCHES) != before


def test_zeros_are_written_where_the_file_system_keeps_no_holes(file: Path) -> None:
    blank(file, STRETCHES, punch=lambda opened, start, end: False)
    assert file.read_bytes() == expected()


def test_nothing_to_blank_changes_nothing(file: Path) -> None:
    blank(file, [])
    assert file.read_bytes() == BODY
