"""Damage and lies: everything is seen, nothing of it is handed out, and nothing harms whoever opens it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from builders.command import names
from builders.zoos import added, back, blobs, held, model, moved, stored, weights
from deadweight.core.errors import Corrupt, Hostile, Refused
from deadweight.core.progress import SILENT
from deadweight.core.zoo import Contents, Part, reference
from deadweight.zoo.checking import verify
from deadweight.zoo.documents import index_entry, put_contents, put_manifest
from deadweight.zoo.layout import index, put_index
from deadweight.zoo.reading import segments
from deadweight.zoo.versions import version

FIRST = {"a": weights(1, 30_000), "b": weights(2, 30_000)}
SECOND = {"a": FIRST["a"], "b": moved(FIRST["b"], 5, 1e-3)}
Lie = Callable[[Contents], Contents]


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    root = tmp_path / "zoo"
    added(root, model(tmp_path / "one", FIRST), "m:1")
    added(root, model(tmp_path / "two", SECOND), "m:2")
    return root


def test_a_bit_that_turned_anywhere_is_seen(zoo: Path, tmp_path: Path) -> None:
    for name, size in blobs(zoo).items():
        path = zoo / "blobs/sha256" / name
        whole = path.read_bytes()
        place = size // 2
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        problems = verify(zoo, SILENT).problems
        assert any(problem.where == f"sha256:{name}" for problem in problems), name
        assert {hit for problem in problems for hit in problem.versions} or name
        path.write_bytes(whole)
    assert not verify(zoo, SILENT, with_files=True).problems
    assert back(zoo, "m:2", tmp_path / "out") == (tmp_path / "two").read_bytes()


def test_damage_is_never_handed_out(zoo: Path, tmp_path: Path) -> None:
    refused = 0
    for name, size in blobs(zoo).items():
        path = zoo / "blobs/sha256" / name
        whole = path.read_bytes()
        path.write_bytes(whole[: size // 3] + b"\xff" + whole[size // 3 + 1 :])
        for wanted, file in (("m:1", "one"), ("m:2", "two")):
            try:
                assert back(zoo, wanted, tmp_path / "out") == (tmp_path / file).read_bytes()
            except Refused:
                refused += 1
            assert not (tmp_path / "out").exists()
        path.write_bytes(whole)
    assert refused >= len(blobs(zoo))


def test_a_blob_that_is_gone_is_told_with_the_versions_that_it_hits(zoo: Path) -> None:
    shared = {part.blob for part in held(zoo, "m:1").parts} & {part.blob for part in held(zoo, "m:2").parts}
    lost = sorted(shared)[0]
    (zoo / "blobs" / lost.replace(":", "/")).unlink()
    problems = [one for one in verify(zoo, SILENT).problems if one.where == lost]
    assert [one.versions for one in problems] == [("m:1", "m:2")]


def test_what_lost_its_blob_is_stored_again_with_the_next_version(zoo: Path, tmp_path: Path) -> None:
    for part in held(zoo, "m:1").parts:
        (zoo / "blobs" / part.blob.replace(":", "/")).unlink(missing_ok=True)
    added(zoo, tmp_path / "one", "again:1")
    assert back(zoo, "again:1", tmp_path / "out") == (tmp_path / "one").read_bytes()


def test_a_blob_that_is_cut_is_stored_again(zoo: Path, tmp_path: Path) -> None:
    before = stored(zoo)
    part = max(held(zoo, "m:1").parts, key=lambda part: part.length)
    os.truncate(zoo / "blobs" / part.blob.replace(":", "/"), 100)
    added(zoo, tmp_path / "one", "again:1")
    assert stored(zoo) > before - 1
    assert back(zoo, "m:1", tmp_path / "out") == (tmp_path / "one").read_bytes()


def lying(zoo: Path, lie: Lie, name: str = "m:2") -> str:
    """A version whose manifest is right and whose contents are not; gives its name."""
    true = version(zoo, reference(name))
    layers = (put_contents(zoo, lie(held(zoo, name))), *true.layers[1:])
    made = put_manifest(zoo, replace(true.summary, name="lie", version="1"), layers)
    put_index(zoo, [*index(zoo), index_entry(made)])
    return "lie:1"


def with_part(change: Callable[[Part], Part]) -> Lie:
    return lambda told: replace(told, parts=tuple(change(part) for part in told.parts))


def circle(told: Contents) -> Contents:
    """Parts that are differences to themselves."""
    return with_part(lambda one: replace(one, base=one.digest, coding="difference1", width=4))(told)


def with_path(path: str) -> Lie:
    return lambda told: replace(told, files=(replace(told.files[0], path=path), told.files[0]))


LIES: dict[str, Lie] = {
    "a part of a terabyte": with_part(lambda part: replace(part, size=1 << 40)),
    "a part of less than nothing": with_part(lambda part: replace(part, size=-1)),
    "a length that is not there": with_part(lambda part: replace(part, length=1 << 40)),
    "an offset before the start": with_part(lambda part: replace(part, offset=-5)),
    "a blob that is no digest": with_part(lambda part: replace(part, blob="sha256:../../../etc/passwd")),
    "a blob that is not there": with_part(lambda part: replace(part, blob=f"sha256:{'0' * 64}")),
    "another digest": with_part(lambda part: replace(part, digest=f"blake3:{'0' * 64}")),
    "parts in a circle": circle,
    "a base that is not told of": with_part(lambda part: replace(part, base="blake3:0", coding="difference1", width=4)),
    "no parts": lambda told: replace(told, parts=()),
    "no rest": lambda told: replace(told, files=(replace(told.files[0], rest=()),)),
    "the rest twice": lambda told: replace(told, files=(replace(told.files[0], rest=told.files[0].rest * 2),)),
    "runs that overlap": lambda told: replace(told, files=(replace(told.files[0], runs=told.files[0].runs * 2),)),
    "runs backwards": lambda told: replace(told, files=(replace(told.files[0], runs=told.files[0].runs[::-1]),)),
    "a longer file": lambda told: replace(told, files=(replace(told.files[0], size=told.files[0].size + 1),)),
    "a shorter file": lambda told: replace(told, files=(replace(told.files[0], size=told.files[0].size - 1),)),
    "another file": lambda told: replace(told, files=(replace(told.files[0], digest=f"sha256:{'0' * 64}"),)),
}


@pytest.mark.parametrize("name", LIES)
def test_contents_that_lie_give_no_file(name: str, zoo: Path, tmp_path: Path) -> None:
    wanted = lying(zoo, LIES[name])
    with pytest.raises(Refused):
        back(zoo, wanted, tmp_path / "out")
    assert names(tmp_path) == ["one", "two", "zoo"]
    assert back(zoo, "m:2", tmp_path / "out") == (tmp_path / "two").read_bytes()
    with_files = name == "another file"  # only putting the file together shows it
    assert any(wanted in problem.versions for problem in verify(zoo, SILENT, with_files).problems)


@pytest.mark.parametrize("path", ["../out", "/etc/x", "a/../../x", "", ".", "two", "two/x", "a\0b", "x" * 300])
def test_paths_that_lead_elsewhere_are_refused(path: str, zoo: Path, tmp_path: Path) -> None:
    wanted = lying(zoo, with_path(path))
    with pytest.raises(Hostile):
        back(zoo, wanted, tmp_path / "out")
    assert names(tmp_path) == ["one", "two", "zoo"]


@pytest.mark.parametrize("key", ["files", "models", "parts"])
@pytest.mark.parametrize("value", [None, 3, "text", [3], [{}], {"a": 1}])
def test_contents_of_another_shape_are_refused(key: str, value: object, zoo: Path, tmp_path: Path) -> None:
    plain = msgspec.to_builtins(held(zoo, "m:2"))
    true = version(zoo, reference("m:2"))
    layers = (put_contents(zoo, {**plain, key: value}), *true.layers[1:])  # type: ignore[arg-type]  # a lie
    made = put_manifest(zoo, replace(true.summary, name="lie"), layers)
    put_index(zoo, [*index(zoo), index_entry(made)])
    with pytest.raises(Corrupt, match="does not say what it should"):
        back(zoo, "lie", tmp_path / "out")


def test_contents_of_a_later_deadweight_are_refused(zoo: Path, tmp_path: Path) -> None:
    wanted = lying(zoo, lambda told: replace(told, schema=99))
    with pytest.raises(Corrupt, match="later deadweight"):
        back(zoo, wanted, tmp_path / "out")


@pytest.mark.parametrize("digest", ["sha256:../../x", "md5:00", "sha256:" + "0" * 63, "", "blake3:" + "g" * 64])
def test_an_index_that_names_no_digest_is_refused(digest: str, zoo: Path, tmp_path: Path) -> None:
    entries = json.loads((zoo / "index.json").read_bytes())["manifests"]
    put_index(zoo, [{**entries[0], "digest": digest}])
    with pytest.raises(Refused):
        back(zoo, "m:1", tmp_path / "out")


def test_the_segments_of_a_file_are_the_file(zoo: Path) -> None:
    contents = held(zoo, "m:2")
    for file in contents.files:
        whole = segments(contents, file)
        ends = [0, *(one.start + one.size for one in whole)]
        assert ends[:-1] == [one.start for one in whole]
        assert ends[-1] == file.size
