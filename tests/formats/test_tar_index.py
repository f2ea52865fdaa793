"""Tars indexed in one pass."""

from __future__ import annotations

import hashlib
import io
import random
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tars import END, Item, block, member, packed, tar_of
from deadweight.codecs.detection import codecs
from deadweight.core.entry import Kind
from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.limits import Limits
from deadweight.core.seams import Opening
from deadweight.formats.tars.index import TarIndex, index_tar

CODECS = list(codecs())


class Steps:
    """Progress that adds up."""

    def __init__(self) -> None:
        self.done = 0

    def start(self, what: str, total: int, unit: str = "B") -> None:
        pass

    def advance(self, amount: int) -> None:
        self.done += amount

    def finish(self) -> None:
        pass


def index(body: bytes, layer: int | None = None, **options: object) -> TarIndex:
    return index_tar(io.BytesIO(body), "made.tar", Opening(**options), layer)  # type: ignore[arg-type]


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


items = st.builds(Item, st.sampled_from(["a", "b/c", "d/" * 60 + "e", "é"]), st.binary(max_size=2000))


@pytest.mark.parametrize("codec", CODECS)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(made=st.lists(items, max_size=6))
def test_entries_and_overhead_add_up_to_the_stored_bytes(codec: str, made: list[Item]) -> None:
    body = packed(tar_of(made), codec)
    found = index(body)
    assert sum(entry.stored for entry in found.entries) + sum(found.overhead.values()) == len(body)
    assert all(entry.stored >= 0 for entry in found.entries)
    assert all(size > 0 for size in found.overhead.values())
    assert found.stored_size == len(body)


@pytest.mark.parametrize("codec", CODECS)
def test_they_add_up_in_tars_of_many_chunks_too(codec: str) -> None:
    bodies = [noise(1_100_000), bytes(1_500_000), b"", noise(10), b"text " * 60_000]
    body = packed(tar_of([(f"f{number}", one) for number, one in enumerate(bodies)]), codec)
    found = index(body)
    assert sum(entry.stored for entry in found.entries) + sum(found.overhead.values()) == len(body)
    assert [entry.size for entry in found.entries] == [len(one) for one in bodies]
    assert [entry.digest for entry in found.entries] == [f"blake3:{blake3(one).hexdigest()}" for one in bodies]


@pytest.mark.parametrize("codec", ["gzip", "zstd", "xz"])
def test_what_compresses_badly_costs_more_than_what_compresses_well(codec: str) -> None:
    found = index(packed(tar_of([("zeros", bytes(2_000_000)), ("noise", noise(2_000_000))]), codec))
    zeros, noisy = found.entries
    assert noisy.stored > zeros.stored + 500_000
    assert zeros.stored < 700_000


def test_in_a_tar_that_is_not_packed_a_file_costs_its_size() -> None:
    found = index(tar_of([("a", b"x" * 700), ("b", b"y")]))
    assert [entry.stored for entry in found.entries] == [700, 1]
    assert found.overhead["headers"] == 1024


@pytest.mark.parametrize("codec", CODECS)
def test_both_digests_are_those_of_the_stored_and_of_the_unpacked_tar(codec: str) -> None:
    tar = tar_of([("a", noise(1_100_000))])
    body = packed(tar, codec)
    found = index(body)
    assert found.digest == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert found.diff_id == f"sha256:{hashlib.sha256(tar).hexdigest()}"
    assert (found.unpacked, found.codec) == (len(tar), codec)


@pytest.mark.parametrize("codec", CODECS)
def test_progress_comes_to_the_stored_bytes(codec: str) -> None:
    steps = Steps()
    body = packed(tar_of([("a", noise(1_050_000))]), codec)
    index(body, progress=steps)
    assert steps.done == len(body)


def test_an_offset_is_where_the_body_is_in_the_unpacked_tar() -> None:
    tar = tar_of([("a", b"first"), Item("l", kind="symlink", target="a"), ("n" * 150, b"second")])
    for entry in index(packed(tar, "gzip")).entries:
        if entry.kind is Kind.FILE:
            body = tar[entry.offset : entry.offset + entry.size]
            assert (entry.head, entry.digest) == (body[:16], f"blake3:{blake3(body).hexdigest()}")
        else:
            assert entry.offset == -1


def test_bodies_of_the_metadata_files_that_are_asked_for_are_kept() -> None:
    tar = tar_of([("x/METADATA", b"Name: x"), ("y/other", b"no"), ("big/METADATA", noise(1_200_000))])
    found = index(tar, keep=("**/METADATA",))
    assert found.small == {"x/METADATA": b"Name: x", "big/METADATA": noise(1_200_000)}


def test_a_metadata_file_over_sixteen_megabytes_is_a_gap() -> None:
    found = index(tar_of([("METADATA", bytes((16 << 20) + 1))]), keep=("METADATA",))
    assert not found.small
    assert found.gaps[0].where == "METADATA"


def test_more_metadata_than_the_limit_is_refused() -> None:
    with pytest.raises(Hostile, match="metadata"):
        index(tar_of([("a", bytes(60)), ("b", bytes(60))]), keep=("*",), limits=Limits(metadata=100))


def test_whiteouts_are_marks_in_a_layer_and_files_elsewhere() -> None:
    tar = tar_of([("d/.wh.gone", b""), ("d/.wh..wh..opq", b""), (".wh.top", b"")])
    marks = [(entry.path, entry.kind, entry.layer) for entry in index(tar, 3).entries]
    assert marks == [("d/gone", Kind.WHITEOUT, 3), ("d", Kind.OPAQUE, 3), ("top", Kind.WHITEOUT, 3)]
    assert {entry.kind for entry in index(tar).entries} == {Kind.FILE}


def test_what_aufs_kept_for_itself_is_overhead() -> None:
    tar = tar_of([(".wh..wh.plnk/12.3", b"body"), (".wh..wh.aufs", b""), ("a", b"x")])
    found = index(tar, 0)
    assert [entry.path for entry in found.entries] == ["a"]
    assert found.overhead["whiteout marks"] == 4


@pytest.mark.parametrize("name", [".wh.", "d/.wh.", "d/.wh..", "d/.wh..."])
def test_a_whiteout_that_names_nothing_is_refused(name: str) -> None:
    with pytest.raises(Corrupt, match="names nothing"):
        index(tar_of([(name, b"")]), 0)


def test_data_behind_the_end_mark_is_counted_as_such() -> None:
    found = index(member(block(b"a", 1), b"x") + END + b"left over")
    assert found.overhead["trailing data"] == 1024 + 9
    assert sum(found.overhead.values()) + 1 == found.stored_size


@pytest.mark.parametrize("codec", ["gzip", "zstd", "xz", "bzip2"])
def test_a_decompression_bomb_is_refused_by_what_comes_out(codec: str) -> None:
    body = packed(member(block(b"bomb", 12 << 20), bytes(12 << 20)) + END, codec)
    with pytest.raises(Hostile, match="bomb"):
        index(body, limits=Limits(ratio=100, ratio_from=4 << 20))


def test_more_than_the_limit_of_unpacked_bytes_is_refused() -> None:
    with pytest.raises(Hostile, match="come out"):
        index(packed(tar_of([("a", bytes(3 << 20))]), "zstd"), limits=Limits(unpacked=2 << 20))


def test_a_size_that_is_a_lie_is_a_truncation_and_costs_no_memory() -> None:
    with pytest.raises(Corrupt, match="ends in the middle"):
        index(block(b"a", 1 << 32) + b"short")


def test_a_tar_without_its_end_mark_is_cut_off_but_for_a_layer() -> None:
    body = member(block(b"a", 3), b"abc")
    assert index(body, 0).entries
    for cut in (body, body[:515], b""):
        with pytest.raises(Corrupt, match="ends in the middle"):
            index(cut)


def test_an_error_says_where_it_was() -> None:
    with pytest.raises(Corrupt, match=r"made\.tar"):
        index(packed(tar_of([("a", noise(4000))]), "gzip")[:-30])


@pytest.mark.parametrize("codec", CODECS)
def test_every_truncation_of_a_stored_layer_is_refused_or_changes_its_digest(codec: str) -> None:
    whole = packed(tar_of([("a", noise(700)), ("b", b"x")]), codec)
    digest = index(whole).digest
    for size in range(0, len(whole), 131):
        try:
            assert index(whole[:size]).digest != digest
        except Corrupt:
            continue


def sparse(tmp_path: Path, style: str) -> tuple[bytes, bytes]:
    target = tmp_path / "holes"
    with target.open("wb") as stream:
        for place in range(3, 30):
            stream.seek(place * 90_000)
            stream.write(noise(1000 + place))
        stream.truncate(4_000_001)
    command = ["tar", f"--format={style}", "-S", "-C", str(tmp_path), "-cf", str(tmp_path / "made.tar"), "holes"]
    subprocess.run(command, check=True)
    return (tmp_path / "made.tar").read_bytes(), target.read_bytes()


@pytest.mark.skipif(shutil.which("tar") is None, reason="GNU tar is not installed")
@pytest.mark.parametrize("style", ["gnu", "posix"])
@pytest.mark.parametrize("codec", ["store", "gzip"])
def test_the_digest_of_a_sparse_file_is_that_of_the_whole_file(style: str, codec: str, tmp_path: Path) -> None:
    tar, body = sparse(tmp_path, style)
    found = index(packed(tar, codec))
    (entry,) = found.entries
    assert (entry.size, entry.digest) == (len(body), f"blake3:{blake3(body).hexdigest()}")
    assert entry.head == body[:16]
    assert sum(length for _, length in found.regions[entry.offset]) < 400_000


def test_a_sparse_file_of_a_terabyte_is_refused_before_its_holes_are_hashed() -> None:
    header = block(
        b"s", 512, b"S", magic=b"ustar  \0", sparse=b"00000000000\0" + b"00000001000\0", realsize=b"17777777777777"[:11]
    )
    with pytest.raises(Hostile, match="sparse"):
        index(member(header, bytes(512)) + END, limits=Limits(ratio_from=1 << 20))


def test_a_tar_of_the_standard_library_is_counted_as_the_standard_library_counts_it() -> None:
    tar = tar_of([(f"d{number}/f", noise(number * 7)) for number in range(200)], tarfile.GNU_FORMAT)
    with tarfile.open(fileobj=io.BytesIO(tar)) as oracle:
        sizes = {one.name: one.size for one in oracle}
    assert {entry.path: entry.stored for entry in index(tar).entries} == sizes
