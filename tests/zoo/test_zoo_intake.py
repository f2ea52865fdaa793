"""What is taken in: which stretches of a file are tensors, and that nothing changes while it is read."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from builders.models import Storage, safetensors, torch_zip, view, whole
from builders.zoos import added, back, held, model, moved, weights
from deadweight.core.errors import Corrupt, DeadweightError
from deadweight.core.progress import Silent
from deadweight.core.zoo import Part, reference
from deadweight.zoo.adding import add
from deadweight.zoo.intake import taken
from deadweight.zoo.known import Known, known_parts
from deadweight.zoo.layout import make
from deadweight.zoo.listing import listing
from deadweight.zoo.naming import Wish
from deadweight.zoo.reading import Parts, Segment, stretch
from deadweight.zoo.stretches import SMALLEST, stretches
from deadweight.zoo.writing import Writer

BODY = weights(1, 30_000)


class Meddling(Silent):
    """Changes a file while it is read."""

    def __init__(self, path: Path, body: bytes) -> None:
        self.path, self.body = path, body

    def advance(self, amount: int) -> None:
        self.path.write_bytes(self.body)


@pytest.mark.parametrize("cut", [1.0, 0.5, 0.0, 2.0])
def test_a_file_that_changes_while_it_is_read_is_no_version(cut: float, tmp_path: Path) -> None:
    source = model(tmp_path / "model", {"a": BODY, "b": weights(2, 400_000)})
    body = source.read_bytes()
    other = (body * 2)[: int(len(body) * cut)]
    with pytest.raises(Corrupt, match=r"changed while it was read|ends sooner"):
        add(tmp_path / "zoo", source, Wish(reference("m"), 0), Meddling(source, other))
    assert listing(tmp_path / "zoo").versions == ()


def test_the_stretches_of_a_file_lie_apart_and_hold_each_tensor(tmp_path: Path) -> None:
    flat, other = Storage("0", "float32", BODY), Storage("1", "int64", bytes(8000))
    tree = {
        "part": view(flat, 100, (50, 100), (100, 1)),
        "flat": whole(flat),
        "counts": whole(other),
        "few": view(other, 0, (3,), (1,)),
    }
    source = torch_zip(tmp_path / "model", tree, (flat, other))
    (found,) = stretches(taken(source)).values()
    assert [(one.size, one.width) for one in found] == [(len(BODY), 4), (8000, 8)]
    assert all(one.offset + one.size <= after.offset for one, after in pairwise(found))
    body = source.read_bytes()
    assert body[found[0].offset : found[0].offset + found[0].size] == BODY


def test_what_is_small_stays_with_what_lies_around_it(tmp_path: Path) -> None:
    sizes = {"scalar": 4, "few": SMALLEST - 4, "enough": SMALLEST}
    source = safetensors(tmp_path / "m", {name: ("F32", (size // 4,), bytes(size)) for name, size in sizes.items()})
    (found,) = stretches(taken(source)).values()
    assert [one.name for one in found] == ["enough"]


def test_elements_of_an_odd_width_are_bytes(tmp_path: Path) -> None:
    source = safetensors(tmp_path / "m", {"a": ("F4", (2000,), bytes(1000)), "b": ("BF16", (2000,), bytes(4000))})
    (found,) = stretches(taken(source)).values()
    assert {one.name: one.width for one in found} == {"a": 1, "b": 2}


def test_only_parts_that_can_be_read_are_known(tmp_path: Path) -> None:
    """A difference whose base lost its blob is not known either, though its own blob is there."""
    root = tmp_path / "zoo"
    added(root, model(tmp_path / "one", {"a": BODY}), "m:1")
    added(root, model(tmp_path / "two", {"a": moved(BODY, 3, 1e-3)}), "m:2")
    (near,) = [part for part in held(root, "m:2").parts if part.base]
    known = known_parts(root).parts
    assert {near.digest, near.base} <= set(known)
    (root / "blobs" / known[near.base].blob.replace(":", "/")).unlink()
    assert not {near.digest, near.base} & set(known_parts(root).parts)
    added(root, tmp_path / "two", "n:1")
    assert back(root, "n:1", tmp_path / "out") == (tmp_path / "two").read_bytes()


def test_a_part_is_stored_once_and_has_one_index(tmp_path: Path) -> None:
    make(tmp_path / "zoo")
    writer = Writer(tmp_path / "zoo", Known())
    assert [writer.take(body, 4) for body in (BODY, b"x" * 900, BODY, b"x" * 900)] == [0, 1, 0, 1]
    parts, blobs = writer.finish()
    assert [part.size for part in parts] == [len(BODY), 900]
    assert {blob.digest for blob in blobs} == {part.blob for part in parts}
    known = Known({part.digest: part for part in parts}, {blob.digest: blob.size for blob in blobs})
    again = Writer(tmp_path / "zoo", known)
    again.take(BODY, 4)
    assert (again.fresh, again.finish()[0]) == (0, parts[:1])


def test_any_stretch_of_a_file_is_read_by_its_offset(tmp_path: Path) -> None:
    make(tmp_path / "zoo")
    writer = Writer(tmp_path / "zoo", Known())
    bodies = [bytes([number]) * 10 for number in range(5)]
    for body in bodies:
        writer.take(body, 1)
    parts, _ = writer.finish()
    reading = Parts(tmp_path / "zoo", {part.digest: part for part in parts})
    whole_file = [Segment(10 * number, 10, part.digest) for number, part in enumerate(parts)]
    everything = b"".join(bodies)
    for start in range(0, 50, 3):
        for size in (0, 1, 10, 11, 50 - start):
            assert b"".join(stretch(reading, whole_file, start, size)) == everything[start : start + size]


def test_a_part_without_a_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeadweightError, match="not told of"):
        Parts(tmp_path, {}).body("blake3:0")
    lost = Part("blake3:0", 4, f"sha256:{'0' * 64}", 0, 4, "plain")
    with pytest.raises(DeadweightError, match="missing"):
        Parts(tmp_path, {"blake3:0": lost}).body("blake3:0")
