"""`deadweight zoo` on the command line: what it says, where it keeps it, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builders.command import Done, deadweight
from builders.models import safetensors
from builders.zoos import model, moved, weights

FIRST = {"a": weights(1, 30_000), "b": weights(2, 30_000), "odd\x1b[31m": weights(3, 400)}


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return model(tmp_path / "one.safetensors", FIRST)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    return model(tmp_path / "two.safetensors", {**FIRST, "b": moved(FIRST["b"], 5, 1e-3)})


def zoo(place: Path, *words: str | Path) -> Done:
    return deadweight("zoo", *words, "--zoo", place / "zoo")


def test_a_version_goes_in_is_listed_and_comes_back(one: Path, two: Path, tmp_path: Path) -> None:
    assert zoo(tmp_path, "add", one, "m:1").status == 0
    said = zoo(tmp_path, "add", two, "m", "--note", "data=bbc")
    assert said.output.startswith("m:2, made from m:1\n")
    listed = zoo(tmp_path, "list").output
    assert [line.split()[0] for line in listed.splitlines()[1:3]] == ["m:1", "m:2"]
    assert "2 versions" in listed
    done = zoo(tmp_path, "get", "m", "-o", tmp_path / "out")
    assert done.status == 0
    assert "each as it was added" in done.output
    assert (tmp_path / "out").read_bytes() == two.read_bytes()


def test_the_tensors_of_a_version_are_shown_with_who_shares_them(one: Path, two: Path, tmp_path: Path) -> None:
    zoo(tmp_path, "add", one, "m:1")
    zoo(tmp_path, "add", two, "m:2", "--note", "data=bbc")
    shown = zoo(tmp_path, "show", "m:2").output
    assert "made from m:1" in shown
    assert "data: bbc" in shown
    assert "as a difference" in shown
    assert "2 tensors of 3 are in other versions too" in shown
    assert "\x1b" not in shown
    told = json.loads(zoo(tmp_path, "show", "m:2", "--json").output)
    assert {entry["tensor"]["name"]: entry["shared"] for entry in told["tensors"]}["a"] == ["m:1"]
    assert told["lineage"] == ["m:1"]


def test_what_two_versions_differ_in_is_told(one: Path, two: Path, tmp_path: Path) -> None:
    zoo(tmp_path, "add", one, "m:1")
    zoo(tmp_path, "add", two, "m:2")
    said = zoo(tmp_path, "diff", "m:1", "m:2").output
    assert "% of the elements, at most" in said
    assert "2 tensors the same" in said
    told = json.loads(zoo(tmp_path, "diff", "m:1", "m:2", "--json").output)
    assert told["changed"][0]["magnitude"]["relative"] == pytest.approx(1e-3, rel=0.1)


def test_shapes_that_changed_are_told(one: Path, tmp_path: Path) -> None:
    zoo(tmp_path, "add", one, "m:1")
    zoo(tmp_path, "add", safetensors(tmp_path / "x", {"a": ("F32", (300, 100), FIRST["a"])}), "m:2")
    said = zoo(tmp_path, "diff", "m:1", "m:2").output
    assert "float32 30000 -> float32 300 x 100" in said
    assert "Removed" in said


def test_what_is_forgotten_goes_with_gc(one: Path, two: Path, tmp_path: Path) -> None:
    zoo(tmp_path, "add", one, "m:1")
    zoo(tmp_path, "add", two, "m:2")
    assert "m:2 is forgotten" in zoo(tmp_path, "rm", "m:2").output
    assert "too young" in zoo(tmp_path, "gc").output
    trial = json.loads(zoo(tmp_path, "gc", "--grace", "0", "--dry-run", "--json").output)
    done = json.loads(zoo(tmp_path, "gc", "--grace", "0", "--json").output)
    assert trial["is_trial"]
    assert done["removed_bytes"] == trial["removed_bytes"] > 0
    assert "0 blobs" in zoo(tmp_path, "gc", "--grace", "0").output
    assert zoo(tmp_path, "get", "m:1", "-o", tmp_path / "out").status == 0


def test_verify_ends_with_4_where_anything_is_wrong(one: Path, tmp_path: Path) -> None:
    zoo(tmp_path, "add", one, "m:1")
    fine = zoo(tmp_path, "verify")
    assert (fine.status, "Every byte is as it was stored." in fine.output) == (0, True)
    biggest = max((tmp_path / "zoo/blobs/sha256").iterdir(), key=lambda blob: blob.stat().st_size)
    biggest.write_bytes(b"x" + biggest.read_bytes()[1:])
    broken = zoo(tmp_path, "verify")
    assert broken.status == 4
    assert "the blob is damaged" in broken.output
    assert "hits m:1" in broken.output
    refused = zoo(tmp_path, "get", "m:1", "-o", tmp_path / "out")
    assert refused.status == 4
    assert not (tmp_path / "out").exists()


PLACES = {
    "DEADWEIGHT_ZOO": ("here", "here"),
    "XDG_DATA_HOME": ("data", "data/deadweight/zoo"),
    "HOME": ("home", "home/.local/share/deadweight/zoo"),
}


@pytest.mark.parametrize("variable", PLACES)
def test_the_store_is_where_the_environment_says(variable: str, one: Path, tmp_path: Path) -> None:
    said, place = PLACES[variable]
    world = {"DEADWEIGHT_ZOO": "", "XDG_DATA_HOME": "", variable: str(tmp_path / said)}
    assert deadweight("zoo", "add", one, "m:1", environment=world).status == 0
    assert (tmp_path / place / "oci-layout").is_file()


def test_the_same_time_is_said_with_a_source_date(one: Path, tmp_path: Path) -> None:
    world = {"SOURCE_DATE_EPOCH": "86400"}
    words = ("zoo", "add", one, "m:1", "--json", "--zoo", tmp_path / "zoo")
    told = json.loads(deadweight(*words, environment=world).output)
    assert told["version"]["created"] == "1970-01-02T00:00:00Z"
    assert told["stored"] < one.stat().st_size
    wrong = deadweight(*words, environment={"SOURCE_DATE_EPOCH": "yesterday"})
    assert wrong.status == 2


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("get", "m:9", "-o", "out"), 2, "there is no m:9"),
        (("get", "M", "-o", "out"), 2, "no version of a model"),
        (("rm", "m"), 2, "names no version"),
        (("add", "one.safetensors", "m:1"), 2, "never change"),
        (("add", "one.safetensors", "m:2", "--note", "x"), 2, "no note"),
        (("add", "nothing", "m:2"), 2, "nothing"),
        (("add", "text", "m:2"), 4, "no model file"),
        (("diff", "m:1"), 2, "Missing argument"),
    ],
)
def test_what_is_wrong_is_told_with_its_status(
    words: tuple[str, ...], status: int, says: str, one: Path, tmp_path: Path
) -> None:
    zoo(tmp_path, "add", one, "m:1")
    (tmp_path / "text").write_text("just text " * 100)
    done = zoo(tmp_path, *(str(tmp_path / word) if (tmp_path / word).exists() else word for word in words))
    assert done.status == status
    assert says in done.error


def test_a_place_without_a_zoo_is_told(tmp_path: Path) -> None:
    for words in (("list",), ("gc",), ("rm", "m:1")):
        done = zoo(tmp_path, *words)
        assert done.status == 2, words
        assert "there is no zoo here" in done.error
    assert not (tmp_path / "zoo").exists()


def test_quiet_says_nothing(one: Path, tmp_path: Path) -> None:
    assert zoo(tmp_path, "add", one, "m:1", "--quiet") == Done(0, "", "")
    for words in (("list",), ("get", "m", "-o", tmp_path / "out"), ("rm", "m:1")):
        assert zoo(tmp_path, *words, "--quiet") == Done(0, "", "")
