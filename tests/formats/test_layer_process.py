"""A layer indexed in a process of its own is indexed as here, and refused as here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from builders.images import docker_files, image_of, write_archive
from builders.tars import Item, packed, tar_of
from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.gap import Gap
from deadweight.core.limits import Limits
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import whole_file
from deadweight.formats.images.index_record import from_record
from deadweight.formats.images.layer_process import index_apart
from deadweight.formats.recognition import recognise
from deadweight.formats.tars.index import TarIndex, index_tar
from deadweight.formats.tars.members import MAX_SMALL

LAYER = [
    Item("caf\udce9", b"body", mtime=1.5, pax={"SCHILY.xattr.user.x": "v"}),
    Item("link", kind="symlink", target="caf\udce9"),
    Item("d/.wh.gone"),
    Item("d/METADATA", b"Name: d"),
]
KEEP = Opening(keep=("**/METADATA", "caf\udce9"))
LARGE = 33 << 20


class Counted:
    """Progress that is added up."""

    def __init__(self) -> None:
        self.amount = 0

    def start(self, what: str, total: int, unit: str = "B") -> None:
        """Not looked at."""

    def advance(self, amount: int) -> None:
        self.amount += amount

    def finish(self) -> None:
        """Not looked at."""


def written(tmp_path: Path, body: bytes) -> Path:
    path = tmp_path / "caf\udce9.tar"
    path.write_bytes(body)
    return path


def apart(path: Path, opening: Opening = KEEP) -> TarIndex | None:
    record = index_apart(whole_file(path), "made", (opening, 3), Event())
    return from_record(record, 3) if record else None


def here(path: Path, opening: Opening = KEEP) -> TarIndex:
    with path.open("rb") as stream:
        return index_tar(stream, "made", opening, 3)


@pytest.mark.parametrize("codec", ["store", "gzip", "zstd"])
def test_a_layer_is_indexed_in_its_process_as_here(codec: str, tmp_path: Path) -> None:
    path = written(tmp_path, packed(tar_of(LAYER), codec))
    assert apart(path) == here(path)


def test_a_stretch_of_a_file_is_indexed_as_if_it_were_alone(tmp_path: Path) -> None:
    tar = tar_of(LAYER)
    path = written(tmp_path, b"before" + tar + b"behind")
    place = replace(whole_file(path), start=6, length=len(tar))
    record = index_apart(place, "made", (KEEP, 3), Event())
    assert from_record(record, 3) == here(written(tmp_path, tar))


def test_what_is_not_known_of_a_layer_is_told_too(tmp_path: Path) -> None:
    path = written(tmp_path, tar_of([Item("d/METADATA", bytes(MAX_SMALL + 1))]))
    found = apart(path)
    assert found is not None
    assert found.gaps == (Gap("open", "d/METADATA", f"a metadata file of {MAX_SMALL + 1} bytes is not read"),)


def test_progress_of_the_process_is_that_of_the_layer(tmp_path: Path) -> None:
    path, counted = written(tmp_path, tar_of([*LAYER, ("long", bytes(3 << 20))])), Counted()
    apart(path, replace(KEEP, progress=counted))
    assert counted.amount == path.stat().st_size


def test_a_damaged_layer_is_refused_as_here(tmp_path: Path) -> None:
    path = written(tmp_path, tar_of(LAYER)[:700])
    with pytest.raises(Corrupt) as expected:
        here(path)
    with pytest.raises(Corrupt) as refused:
        apart(path)
    assert refused.value.message == expected.value.message


def test_the_limits_hold_in_the_process(tmp_path: Path) -> None:
    path = written(tmp_path, tar_of(LAYER))
    with pytest.raises(Hostile, match="more than 2 entries"):
        apart(path, replace(KEEP, limits=Limits(entries=2)))


def test_a_process_that_comes_to_nothing_gives_no_record(tmp_path: Path) -> None:
    path = written(tmp_path, tar_of(LAYER))
    place = whole_file(path)
    path.unlink()
    assert index_apart(place, "made", (KEEP, 0), Event()) == b""


def test_a_reading_that_is_given_up_ends(tmp_path: Path) -> None:
    stopped = Event()
    stopped.set()
    with pytest.raises(Corrupt, match="given up"):
        index_apart(whole_file(written(tmp_path, tar_of(LAYER))), "made", (KEEP, 0), stopped)


def test_large_layers_are_read_apart_and_come_together_as_small_ones_do(tmp_path: Path) -> None:
    layers: list[list[Item | tuple[str, bytes]]] = [
        [Item("a/METADATA", b"Name: a"), ("large", bytes(LARGE))],
        [("large", b"1" * LARGE)],
        [("small", b"2")],
    ]
    path = tmp_path / "image.tar"
    write_archive(path, docker_files(image_of(layers)))
    counted = Counted()
    artifact = recognise(path).open(path, Opening(keep=KEEP.keep[:1], cache=tmp_path / "cache", progress=counted))
    remembered = recognise(path).open(path, Opening(keep=KEEP.keep[:1], cache=tmp_path / "cache"))
    assert artifact.small == {"a/METADATA": b"Name: a"}
    assert [(entry.path, entry.layer) for entry in artifact.inventory.visible if entry.size] == [
        ("a/METADATA", 0),
        ("large", 1),
        ("small", 2),
    ]
    assert remembered.inventory == artifact.inventory
    assert counted.amount == sum(layer.size for layer in artifact.layers)


def test_a_large_layer_that_is_cut_off_is_refused_with_its_name(tmp_path: Path) -> None:
    image = image_of([[("large", bytes(LARGE))], [("large", b"1" * LARGE)]])
    image.blobs[1] = image.blobs[1][: LARGE - 1000]
    path = tmp_path / "image.tar"
    write_archive(path, docker_files(image))
    with pytest.raises(Corrupt, match=r"layer\.tar: the archive ends in the middle"):
        recognise(path).open(path, Opening())
