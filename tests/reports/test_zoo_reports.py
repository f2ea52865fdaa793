"""What a zoo says to a person: what matters in a few lines, and no name that does anything to a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from deadweight.core.gap import Gap
from deadweight.core.zoo import StoredTensor, Summary
from deadweight.core.zoo_report import (
    Added,
    ChangedTensor,
    Checked,
    Cleaned,
    ListedVersion,
    Magnitude,
    Problem,
    Restored,
    ShownFile,
    ShownTensor,
    ZooDifference,
    ZooListing,
    ZooShown,
)
from deadweight.reports.zoo import adding, checking, cleaning, comparing, forgetting, getting, listing, showing

EVIL = "a\x1b[31m\nb\u202e"
DIGEST = f"sha256:{'0' * 64}"
ONE = Summary("m", "1", 1, "", "1970-01-01T00:00:00Z", 1_000_000, 1, 2, ("safetensors",))
TWO = replace(ONE, version="2", number=2, parent="m:1", notes={"data": EVIL})


def tensor(name: str, size: int = 4000, shape: tuple[int, ...] = (10, 100)) -> StoredTensor:
    return StoredTensor(name, "float32", shape, size, "blake3:0", "m.safetensors", 100)


def difference(*changed: ChangedTensor, **more: tuple[StoredTensor, ...]) -> ZooDifference:
    added, removed = more.get("added", ()), more.get("removed", ())
    return ZooDifference(ONE, TWO, added, removed, changed, same=3, same_bytes=9000, files=("x.safetensors",))


def test_what_was_new_is_said_in_bytes_and_as_a_share() -> None:
    said = adding.text(Added(TWO, DIGEST, 14_000), False)
    assert said.splitlines() == [
        "m:2, made from m:1",
        "1.0 MB in 1 file, 2 tensors: 14.0 kB new in the store, 1.4 %",
    ]


def test_what_could_not_be_read_is_said_and_has_an_end() -> None:
    gaps = tuple(Gap("zoo", f"tensor {number}", "it is compressed as a whole") for number in range(20))
    said = adding.text(Added(ONE, DIGEST, 0, gaps), False)
    assert "Not known" in said
    assert "12 more; --json names them" in said


def test_the_list_has_a_row_a_version_and_the_whole() -> None:
    rows = (ListedVersion(ONE, DIGEST, 800_000, 10_000), ListedVersion(TWO, DIGEST, 850_000, 60_000))
    lines = listing.text(ZooListing("/zoo", rows, 2_000_000, 870_000, 0), False).splitlines()
    assert lines[1].split() == ["m:1", "1.0", "MB", "800.0", "kB", "10.0", "kB", "2", "1970-01-01"]
    assert lines[2].split()[-1] == "m:1"
    assert lines[-1] == "/zoo: 2 versions, 2.0 MB of files in 870.0 kB, 2.30x smaller"


def test_what_nothing_needs_is_said_with_what_to_do() -> None:
    said = listing.text(ZooListing("/zoo", (), 0, 5_000, 5_000), False)
    assert said.splitlines()[-1] == "5.0 kB of that no version needs: deadweight zoo gc"


def shown(count: int = 3) -> ZooShown:
    first = ShownTensor(tensor("w"), 3000, False, ("m:1", "n:4"))
    second = ShownTensor(tensor("v"), 1000, True, ())
    rest = tuple(ShownTensor(tensor(f"b{number}", 40, ()), -1, False, ()) for number in range(count - 2))
    files = tuple(ShownFile(f"f{number}", 100, DIGEST, "") for number in range(20))
    return ZooShown(TWO, DIGEST, ("m:1", "base:3"), files, (first, second, *rest))


def test_a_version_is_shown_with_where_it_comes_from_and_who_shares_it() -> None:
    said = showing.text(shown(), False)
    assert "  made from m:1, from base:3" in said
    assert "m:1, n:4" in said
    assert "1.0 kB as a difference" in said
    assert "between  b0" in said
    assert "float32 scalar" in said
    assert "1 tensor of 3 are in other versions too: 4.0 kB, 49.8 %" in said


def test_many_tensors_and_files_come_to_a_line() -> None:
    said = showing.text(shown(100), False)
    assert "80 more; --json lists them" in said
    assert "8 more; --json lists them" in said


def test_a_change_says_how_many_elements_and_how_far() -> None:
    moved = ChangedTensor(tensor("w"), tensor("w"), Magnitude(0.0125, 0.001, 900))
    said = comparing.text(difference(moved), False)
    assert "90 % of the elements, at most 0.0125, 0.10% as a whole" in said
    assert "3 tensors the same, 9.0 kB" in said
    assert "Files that differ: x.safetensors" in said


def test_another_shape_is_said_as_such() -> None:
    turned = ChangedTensor(tensor("w"), tensor("w", shape=(100, 10)), None)
    assert "float32 10 x 100 -> float32 100 x 10" in comparing.text(difference(turned), False)


def test_what_was_not_measured_is_other_bytes() -> None:
    unknown = ChangedTensor(tensor("w"), tensor("w"), None)
    gaps = (Gap("zoo", "1 tensors", "how far they moved needs numpy"),)
    said = comparing.text(replace(difference(unknown), gaps=gaps), False)
    assert "other bytes" in said
    assert "needs numpy" in said


def test_additions_and_removals_have_an_end() -> None:
    many = tuple(tensor(f"t{number}") for number in range(50))
    said = comparing.text(difference(added=many, removed=many[:1]), False)
    assert "Added  (50 tensors, 200.0 kB)" in said
    assert "30 more; --json lists them" in said
    assert "Removed  (1 tensor, 4.0 kB)" in said


def test_what_gc_did_and_what_it_left_is_said() -> None:
    assert cleaning.text(Cleaned("/zoo", 3, 9000, 0, 0, False), False) == "3 blobs, 9.0 kB, removed\n"
    said = cleaning.text(Cleaned("/zoo", 1, 500, 2, 7000, True), False)
    assert said.splitlines()[0] == "1 blob, 500 B, would go"
    assert "2 blobs, 7.0 kB, too young" in said


def test_problems_are_said_with_whom_they_hit_and_have_an_end() -> None:
    problems = (*(Problem("the blob is missing", f"sha256:{number}", ("m:1", "m:2")) for number in range(40)),)
    said = checking.text(Checked("/zoo", 2, 50, 9000, 70, problems), False)
    assert "40 problems" in said
    assert "the blob is missing: sha256:0  hits m:1, m:2" in said
    assert "10 more; --json lists them" in said
    fine = checking.text(Checked("/zoo", 2, 50, 9000, 70, ()), False)
    assert fine.endswith("Every byte is as it was stored.\n")


def test_a_restored_version_is_said_with_its_place() -> None:
    assert getting.text(Restored(ONE, "out", 1, 1_000_000), False) == (
        "out  m:1: 1 file, 1.0 MB, each as it was added (sha256)\n"
    )
    assert forgetting.text(ONE, False).startswith("m:1 is forgotten;")


EVILS: dict[str, Callable[[bool], str]] = {
    "adding": lambda colour: adding.text(Added(TWO, DIGEST, 0, (Gap("zoo", EVIL, EVIL),)), colour),
    "listing": lambda colour: listing.text(
        ZooListing(EVIL, (ListedVersion(replace(ONE, parent=EVIL, created=EVIL), DIGEST, 0, 0),), 0, 0, 0), colour
    ),
    "showing": lambda colour: showing.text(
        replace(shown(), files=(ShownFile(EVIL, 1, DIGEST),), tensors=(ShownTensor(tensor(EVIL), 1, False, (EVIL,)),)),
        colour,
    ),
    "comparing": lambda colour: comparing.text(
        replace(difference(ChangedTensor(tensor(EVIL), tensor(EVIL), None), added=(tensor(EVIL),)), files=(EVIL,)),
        colour,
    ),
    "checking": lambda colour: checking.text(Checked(EVIL, 1, 1, 1, 1, (Problem(EVIL, EVIL, (EVIL,)),)), colour),
    "getting": lambda colour: getting.text(Restored(ONE, EVIL, 1, 1), colour),
}


@pytest.mark.parametrize("name", EVILS)
def test_no_name_reaches_the_terminal_as_it_is(name: str) -> None:
    said = EVILS[name](False)
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\\x1b[31m" in said


@pytest.mark.parametrize("name", EVILS)
def test_colour_changes_no_word(name: str) -> None:
    assert re.sub(r"\x1b\[[0-9;]+m", "", EVILS[name](True)) == EVILS[name](False)
    assert not any(line.endswith(" ") for line in EVILS[name](False).splitlines())
