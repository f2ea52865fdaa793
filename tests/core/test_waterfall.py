from __future__ import annotations

from builders.scenes import artifact_of, entry_of
from deadweight.core.edit import Edit, Safety
from deadweight.core.listing import Listing
from deadweight.core.waterfall import CONSEQUENCES, waterfall


def edit(rule: str, *paths: str, kind: str = "remove", layer: int | None = None) -> Edit:
    return Edit(kind, paths, Safety.SAFE, rule, "because", layer=layer)


def listing(files: dict[str, bytes]) -> Listing:
    return Listing(artifact_of(files).inventory.visible, {})


def test_the_steps_and_what_is_left_add_up_to_the_difference() -> None:
    before = listing({"a": b"1" * 100, "d/b": b"2" * 50, "d/c": b"3" * 25, "lib.so": b"4" * 1000})
    after = artifact_of({"lib.so": b"4" * 600}).inventory
    edits = [edit("one", "d"), edit("two", "a", "d/c"), edit("strip", "lib.so", kind="strip")]
    cuts = {cut.cause: (cut.files, cut.size) for cut in waterfall(edits, before, after)}
    assert cuts == {"one": (3, 75), "two": (1, 100), "strip": (0, 400)}
    assert sum(size for _, size in cuts.values()) == 1175 - after.unpacked_bytes


def test_what_grew_counts_against() -> None:
    before = listing({"RECORD": b"x" * 10})
    after = artifact_of({"RECORD": b"x" * 15}).inventory
    assert [(cut.cause, cut.size) for cut in waterfall([edit("", "RECORD")], before, after)] == [(CONSEQUENCES, -5)]


def test_hidden_bytes_are_no_step_of_what_is_unpacked() -> None:
    before = listing({"a": b"x"})
    assert waterfall([edit("dead-bytes", "a", layer=0)], before, artifact_of({"a": b"x"}).inventory) == ()


def test_what_is_stored_less_and_unpacks_to_as_much_is_a_step_of_no_unpacked_bytes() -> None:
    """Blanked GPU code: the file keeps its size."""
    before = listing({"lib.so": b"4" * 1000, "same.so": b"5"})
    after = artifact_of({"lib.so": entry_of("lib.so", b"4" * 1000).but(stored=300), "same.so": b"5"}).inventory
    (cut,) = waterfall([edit("gpu-code", "lib.so", kind="blank"), edit("other", "same.so")], before, after)
    assert (cut.cause, cut.files, cut.size, cut.stored) == ("gpu-code", 0, 0, 700)


def test_a_record_that_happens_to_pack_better_is_no_step() -> None:
    before = listing({"RECORD": b"x" * 10})
    after = artifact_of({"RECORD": entry_of("RECORD", b"y" * 10).but(stored=4)}).inventory
    assert waterfall([edit("", "RECORD", kind="record")], before, after) == ()
