"""A damaged artifact of any format is refused, or it is what it was: never another body, never a crash."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.command import names, state
from builders.corpus import ARCHIVES, SAMPLES, content
from builders.tars import packed
from deadweight.cli.program import run
from deadweight.core.errors import Refused

FLIPS = 30
CUTS = 16
EVERY = pytest.mark.parametrize("name", SAMPLES)
EVERY_ARCHIVE = pytest.mark.parametrize("name", ARCHIVES)
UNCHECKED = ("tar store",)
"""What has no checksum over its bodies: only its headers can be held against anything."""


def files_of(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())


def places(name: str, size: int, count: int) -> list[int]:
    """So many places in a file, its first and last bytes among them, the same at every run."""
    edges = {*range(min(6, size)), *range(max(0, size - 4), size)}
    drawn = random.Random(name).sample(range(size), min(size, count))
    return sorted(edges | set(drawn))


def refused(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Weigh and slim what must be refused; gives the message."""
    before = state(path)
    for words in (["weigh", str(path)], ["slim", str(path), "-o", str(path.parent / "out")]):
        assert run([*words, "--no-cache", "--quiet"]) == 4
    told = capsys.readouterr().err
    assert told.count("deadweight: ") == 2
    assert str(path) in told
    assert state(path) == before
    assert names(path.parent) == [path.name]
    return told


@EVERY
def test_a_flipped_bit_is_refused_or_changes_nothing(name: str, tmp_path: Path) -> None:
    path = SAMPLES[name](tmp_path)
    whole_content = content(path)
    for one in files_of(path):
        whole = one.read_bytes()
        for number, place in enumerate(places(name, len(whole), FLIPS)):
            broken = bytearray(whole)
            broken[place] ^= 1 << number % 8
            one.write_bytes(bytes(broken))
            try:
                seen = content(path)
            except Refused:
                continue
            assert name in UNCHECKED or seen == whole_content, (one.name, place)
            assert seen.keys() == whole_content.keys(), (one.name, place)
        one.write_bytes(whole)


@EVERY
def test_a_file_that_was_cut_off_is_refused(name: str, tmp_path: Path) -> None:
    path = SAMPLES[name](tmp_path)
    whole_content = content(path)
    for one in files_of(path):
        whole = one.read_bytes()
        for length in {0, *places(name, len(whole), CUTS)}:
            one.write_bytes(whole[:length])
            try:
                seen = content(path)
            except Refused:
                continue
            # What is cut off behind the end mark of a tar is nothing, and nobody needs the file `oci-layout`.
            assert seen == whole_content, (one.name, length)
        one.write_bytes(whole)


@EVERY
def test_a_damaged_artifact_ends_every_command_with_4_and_leaves_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = SAMPLES[name](tmp_path)
    biggest = max(files_of(path), key=lambda one: one.stat().st_size)
    whole = biggest.read_bytes()
    biggest.write_bytes(whole[: len(whole) // 3])
    refused(path, capsys)


@EVERY_ARCHIVE
def test_something_appended_to_a_compressed_archive_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = SAMPLES[name](tmp_path)
    whole = content(path)
    path.write_bytes(path.read_bytes() + b"and something else that nobody reads")
    if name in ("tar store", "docker-archive", "oci-archive"):
        assert content(path) == whole  # behind the end mark of a tar anything may stand; it is counted
        return
    refused(path, capsys)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0",
        bytes(511),
        b"\x1f\x8b\x08",
        b"\x1f\x8b\x08" + b"garbage" * 99,
        b"BZh9" + b"garbage" * 99,
        b"\xfd7zXZ\0" + b"garbage" * 99,
        b"\x28\xb5\x2f\xfd" + b"garbage" * 99,
        b"PK\3\4" + b"garbage" * 99,
        b"PK\5\6",
        b"#!/bin/sh\nexit 0\n",
        b"\x7fELF" + b"\0" * 2000,
        b"{}",
        b"x" * 512 * 20,
        random.Random(1).randbytes(40_000),
        zlib.compress(b"a zlib stream is no gzip"),
        packed(b"no tar at all" * 99, "gzip"),
        packed(b"", "gzip"),
        packed(packed(b"", "zstd"), "xz"),
    ],
    ids=lambda body: f"{bytes(body[:6])!r} and {len(body)}",
)
def test_what_is_no_artifact_is_refused(body: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.tar.gz"
    path.write_bytes(body)
    assert "\n  " in refused(path, capsys)  # what to do next


def test_a_damaged_compression_is_called_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = SAMPLES["tar gzip"](tmp_path)
    body = path.read_bytes()
    path.write_bytes(body[:30] + bytes(40) + body[70:])
    assert "as gzip: the compressed stream is damaged" in refused(path, capsys)


def cut_between_members(folder: Path) -> Iterator[Path]:
    whole = SAMPLES["tar store"](folder).read_bytes()
    for members in (1, 2, 3):
        path = folder / f"cut-{members}"
        path.write_bytes(whole[: members * 1024])
        yield path


def test_a_tar_that_ends_between_two_members_is_refused_as_cut_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in cut_between_members(tmp_path):
        assert run(["weigh", str(path), "--no-cache", "--quiet"]) == 4
        assert "the archive ends in the middle" in capsys.readouterr().err


def test_an_empty_tar_holds_nothing_and_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "empty.tar"
    path.write_bytes(bytes(10240))
    assert content(path) == {}
    assert run(["slim", str(path), "-o", str(tmp_path / "out.tar"), "--quiet"]) == 0
    assert content(tmp_path / "out.tar") == {}
