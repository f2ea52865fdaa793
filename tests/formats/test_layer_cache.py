"""Layers remembered by digest."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.images import docker_files, image_of, layout_files, write_archive, write_folder
from builders.tars import Item, packed, tar_of
from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import whole_file
from deadweight.formats.images.index_record import from_record, to_record
from deadweight.formats.images.layer_cache import LayerCache
from deadweight.formats.recognition import recognise
from deadweight.formats.tars.index import TarIndex, index_tar

LAYER = [
    Item("caf\udce9", b"body", mtime=1.5, pax={"SCHILY.xattr.user.x": "v"}),
    Item("dev", kind="character", device=(1, 3)),
    Item("link", kind="symlink", target="caf\udce9"),
    Item("hard", kind="hardlink", target="dev"),
    Item("d/.wh.gone"),
    Item("d/.wh..wh..opq"),
    Item("d/METADATA", b"Name: d"),
]


def index_of(layer: int = 0) -> TarIndex:
    return index_tar(io.BytesIO(packed(tar_of(LAYER), "gzip")), "made", Opening(keep=("**/METADATA",)), layer)


def opened(path: Path, cache: Path, keep: tuple[str, ...] = ()) -> Artifact:
    return recognise(path).open(path, Opening(cache=cache, keep=keep))


def same(one: Artifact, other: Artifact) -> bool:
    return (one.inventory, one.layers, one.small, one.gaps) == (other.inventory, other.layers, other.small, other.gaps)


def test_an_index_comes_back_as_it_was() -> None:
    index = replace(index_of(), regions={512: ((0, 3), (9, 1))}, gaps=(Gap("open", "caf\udce9", "why"),))
    assert from_record(to_record(index), 0) == index


def test_an_index_comes_back_in_the_layer_that_is_asked_for() -> None:
    assert from_record(to_record(index_of(0)), 7) == index_of(7)


entries = st.builds(
    Entry,
    st.text(st.characters(blacklist_characters="\0"), min_size=1),
    st.sampled_from([kind for kind in Kind if kind is not Kind.FILE]),
    mode=st.integers(0, 0o7777),
    uid=st.integers(0, 2**63 - 1),
    mtime=st.floats(allow_nan=False),
    target=st.text(st.characters(blacklist_characters="\0")),
    head=st.binary(max_size=16),
    xattrs=st.lists(st.tuples(st.text(max_size=3), st.binary(max_size=5)), max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(entries, max_size=5))
def test_any_entries_come_back_as_they_were(made: list[Entry]) -> None:
    valid = [entry for entry in made if _stands_for_bytes(entry)]
    index = replace(index_of(), entries=tuple(valid))
    assert from_record(to_record(index), 0) == index


def _stands_for_bytes(entry: Entry) -> bool:
    """Names come from bytes: half a surrogate pair that stands for none never does."""
    try:
        for text in (entry.path, entry.target, *(name for name, _ in entry.xattrs)):
            if text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape") != text:
                return False
    except UnicodeEncodeError:
        return False
    return True


def test_a_damaged_record_is_no_record() -> None:
    record = to_record(index_of())
    for place in range(0, len(record), 11):
        assert from_record(record[:place] + bytes([record[place] ^ 4]) + record[place + 1 :], 0) is None
        assert from_record(record[:place], 0) is None


@pytest.mark.parametrize("codec", ["store", "gzip"])
@pytest.mark.parametrize("layout", ["docker", "layout"])
def test_the_second_opening_gives_the_same_artifact(codec: str, layout: str, tmp_path: Path) -> None:
    image = image_of([LAYER, LAYER[:2]], codec)
    path = tmp_path / "image"
    if layout == "docker":
        write_archive(path, docker_files(image))
    else:
        write_folder(path, layout_files((image, {})))
    first = opened(path, tmp_path / "cache", ("**/METADATA",))
    assert same(first, opened(path, tmp_path / "cache", ("**/METADATA",)))
    assert first.small == {"d/METADATA": b"Name: d"}


def test_a_remembered_layer_is_not_read_again(tmp_path: Path) -> None:
    """A record that says something else is believed, which shows that it was used."""
    path = write_archive(tmp_path / "image", docker_files(image_of([LAYER])))
    first = opened(path, tmp_path / "cache")
    index = index_tar(io.BytesIO(tar_of(LAYER)), "made", Opening(), 0)
    told = replace(index, gaps=(Gap("open", "remembered", "yes"),))
    LayerCache(tmp_path / "cache").store(told)
    assert opened(path, tmp_path / "cache").gaps == (*first.gaps, Gap("open", "remembered", "yes"))


def test_a_damaged_record_is_worked_out_again(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "image", docker_files(image_of([LAYER])))
    first = opened(path, tmp_path / "cache")
    for record in (tmp_path / "cache").iterdir():
        record.write_bytes(b"not a record")
    assert same(first, opened(path, tmp_path / "cache"))


def test_other_globs_are_another_memory(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "image", docker_files(image_of([LAYER])))
    assert opened(path, tmp_path / "cache").small == {}
    assert opened(path, tmp_path / "cache", ("**/METADATA",)).small == {"d/METADATA": b"Name: d"}


def test_a_layer_that_was_written_to_is_hashed_again_and_refused(tmp_path: Path) -> None:
    path = write_folder(tmp_path / "image", layout_files((image_of([LAYER]), {})))
    opened(path, tmp_path / "cache")
    blob = max(path.glob("blobs/sha256/*"), key=lambda one: one.stat().st_size)
    before = blob.stat()
    body = bytearray(blob.read_bytes())
    body[600] ^= 1
    blob.write_bytes(body)
    os.utime(blob, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(Corrupt):
        opened(path, tmp_path / "cache")


def test_a_layer_of_another_image_is_only_hashed(tmp_path: Path) -> None:
    one = write_folder(tmp_path / "one", layout_files((image_of([LAYER]), {})))
    opened(one, tmp_path / "cache")
    index = index_tar(io.BytesIO(tar_of(LAYER)), "made", Opening(), 0)
    LayerCache(tmp_path / "cache").store(replace(index, gaps=(Gap("open", "remembered", "yes"),)))
    other = write_folder(tmp_path / "other", layout_files((image_of([LAYER], architecture="arm64"), {})))
    assert Gap("open", "remembered", "yes") in opened(other, tmp_path / "cache").gaps


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "image", docker_files(image_of([LAYER])))
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert opened(path, tmp_path / "cache").layers


def test_without_a_folder_nothing_is_remembered(tmp_path: Path) -> None:
    cache = LayerCache(None)
    path = write_archive(tmp_path / "image", docker_files(image_of([LAYER])))
    cache.store(index_of())
    cache.saw(whole_file(path), index_of().digest)
    assert not cache.knows(index_of().digest)
    assert cache.load(index_of().digest, 0) is None
    assert cache.digest_of(whole_file(path)) == ""


def test_what_was_not_used_for_longest_is_forgotten_first(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old", "oldest")):
        record = tmp_path / f"{name}.layer"
        with record.open("wb") as stream:
            stream.truncate(600 << 20)
        os.utime(record, (1_000_000 - age, 1_000_000 - age))
    LayerCache(tmp_path).prune()
    assert [record.name for record in tmp_path.iterdir()] == ["new.layer"]
