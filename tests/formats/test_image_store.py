"""The files of an image as it lies there, and what each costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.images import write_archive, write_folder
from builders.tars import Item
from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.limits import DEFAULT_LIMITS
from deadweight.formats.documents import MAX_DOCUMENT
from deadweight.formats.images.store import MAX_SMALL, Store, archive_store, folder_store

OUTERS = ("store", "gzip", "zstd")
FILES: dict[str, bytes] = {
    "index.json": b'{"a": 1}',
    "blobs/list": b"[1]",
    "blobs/text": b"no document",
    "blobs/big": b"{" + bytes(MAX_SMALL),
    "blobs/empty": b"",
}
BLOBS = st.dictionaries(st.sampled_from(["a", "b/c", "b/d", "é"]), st.binary(max_size=2000), max_size=4)


def archive(folder: Path, files: dict[str, bytes | Item], outer: str = "store") -> Store:
    return archive_store(write_archive(folder / f"made.{outer}", files, outer), DEFAULT_LIMITS)


def cost(store: Store) -> int:
    return sum(blob.cost for blob in store.blobs.values()) + sum(store.overhead.values())


@pytest.mark.parametrize("outer", OUTERS)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(files=BLOBS)
def test_every_byte_of_an_archive_is_a_files_or_overhead(
    outer: str, files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = archive(tmp_path_factory.mktemp("made"), dict(files), outer)
    assert cost(store) == store.total == store.path.stat().st_size
    assert {name: store.read(name) for name in store.blobs} == files


def test_a_folder_costs_what_its_files_hold(tmp_path: Path) -> None:
    store = folder_store(write_folder(tmp_path / "made", FILES))
    assert cost(store) == store.total == sum(map(len, FILES.values()))
    assert {name: blob.cost for name, blob in store.blobs.items()} == {name: len(FILES[name]) for name in FILES}
    assert list(store.blobs) == sorted(FILES)


def test_no_link_in_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_bytes(b"{}")
    made = write_folder(tmp_path / "made", {"index.json": b"{}"})
    (made / "file").symlink_to(tmp_path / "outside" / "secret")
    (made / "folder").symlink_to(tmp_path / "outside")
    assert list(folder_store(made).blobs) == ["index.json"]


@pytest.mark.parametrize("outer", OUTERS)
def test_only_small_objects_and_lists_are_documents(outer: str, tmp_path: Path) -> None:
    store = archive(tmp_path, dict(FILES), outer)
    assert [name for name in store.blobs if store.is_document(name)] == ["index.json", "blobs/list"]


@pytest.mark.parametrize("outer", OUTERS)
def test_links_between_files_are_followed_by_name(outer: str, tmp_path: Path) -> None:
    files: dict[str, bytes | Item] = {
        "a/layer": b"{1}",
        "b/soft": Item("b/soft", kind="symlink", target="../a/layer"),
        "b/again": Item("b/again", kind="symlink", target="soft"),
        "c": Item("c", kind="hardlink", target="b/again"),
        "out": Item("out", kind="symlink", target="../../etc/passwd"),
        "round": Item("round", kind="symlink", target="round"),
    }
    store = archive(tmp_path, files, outer)
    assert [store.resolve(name) for name in ("a/layer", "b/soft", "b/again", "c")] == ["a/layer"] * 4
    assert [store.resolve(name) for name in ("out", "round", "nowhere")] == [None] * 3
    assert store.read("c") == b"{1}"


@pytest.mark.parametrize("outer", OUTERS)
def test_a_document_that_is_missing_is_named(outer: str, tmp_path: Path) -> None:
    with pytest.raises(Corrupt, match=r"missing\.json is missing"):
        archive(tmp_path, {}, outer).read("missing.json")


def test_a_document_of_many_megabytes_is_not_read(tmp_path: Path) -> None:
    made = write_folder(tmp_path / "made", {})
    made.mkdir()
    with (made / "index.json").open("wb") as body:
        body.truncate(MAX_DOCUMENT + 1)
    with pytest.raises(Hostile, match=f"a document of {MAX_DOCUMENT + 1} bytes"):
        folder_store(made).read("index.json")


@pytest.mark.parametrize("outer", OUTERS)
@pytest.mark.parametrize("other", ["./a", "/a", "a//", "./././a"])
def test_one_name_used_twice_is_refused_however_it_is_spelled(outer: str, other: str, tmp_path: Path) -> None:
    with pytest.raises(Hostile, match="two files are called 'a'"):
        archive(tmp_path, {"a": b"1", "again": Item(other.rstrip("/"), b"2")}, outer)


@pytest.mark.parametrize("outer", OUTERS)
@pytest.mark.parametrize("link_first", [True, False])
def test_a_link_and_a_file_of_one_name_are_refused(outer: str, link_first: bool, tmp_path: Path) -> None:
    both: list[tuple[str, bytes | Item]] = [("1", Item("a", b"1")), ("2", Item("a", kind="symlink", target="b"))]
    with pytest.raises(Hostile, match="two files are called 'a'"):
        archive(tmp_path, dict(sorted(both, reverse=link_first)), outer)


def test_headers_and_padding_are_told_apart(tmp_path: Path) -> None:
    store = archive(tmp_path, {"a": b"1" * 512, "b": b"2" * 100, "c": Item("c", kind="symlink", target="a")})
    assert store.overhead["headers"] == 3 * 512
    assert store.overhead["padding"] == store.total - 3 * 512 - 612 >= 412 + 1024


@pytest.mark.parametrize("outer", OUTERS)
def test_an_archive_without_an_end_is_refused(outer: str, tmp_path: Path) -> None:
    from builders.tars import packed, tar_of

    whole = tar_of([("a", b"1" * 600)])
    (tmp_path / "cut").write_bytes(packed(whole[: 3 * 512], outer))
    with pytest.raises(Corrupt, match="ends in the middle"):
        archive_store(tmp_path / "cut", DEFAULT_LIMITS)
