"""Versions: their names, their parents, and differences to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from builders.zoos import added, back, held, litter, model, moved, stored, weights
from deadweight.core.errors import UsageError
from deadweight.core.zoo import Part, Reference, reference
from deadweight.zoo.listing import listing
from deadweight.zoo.naming import forget
from deadweight.zoo.reading import DEEPEST, Parts
from deadweight.zoo.showing import show
from deadweight.zoo.versions import version

LAYERS = {f"layer.{number}.weight": weights(number, 40_000) for number in range(4)}


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    return tmp_path / "zoo"


def tuned(tensors: dict[str, bytes], seed: int, *names: str, by: float = 1e-3) -> dict[str, bytes]:
    return {name: moved(body, seed, by) if not names or name in names else body for name, body in tensors.items()}


@pytest.mark.parametrize("text", ["m", "m:1", "m@1", "minilm:1.0", "org/minilm:v2", "a-b_c.d:X-1.0_rc"])
def test_a_name_that_registries_take_is_one(text: str) -> None:
    assert str(reference(text)) == text.replace("@", ":")


BAD = ["", ":", "m:", ":1", "M:1", "m:1:2", "-m", "m/", "/m", "m..n", "m:_", "m:a..b", "m 1", "../m", "m:" + "v" * 129]


@pytest.mark.parametrize("text", [*BAD, "ü", "m\n", "m:1\n"])
def test_a_name_that_registries_refuse_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no version of a model"):
        reference(text)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(some.text(max_size=40))
def test_whatever_is_taken_as_a_name_says_itself(text: str) -> None:
    try:
        found = reference(text)
    except UsageError:
        return
    assert reference(str(found)) == found
    assert "/.." not in f"/{found}"


def test_versions_without_a_name_of_their_own_are_counted(zoo: Path, tmp_path: Path) -> None:
    source = model(tmp_path / "model", LAYERS)
    assert [added(zoo, source, "m").version.version for _ in "123"] == ["1", "2", "3"]
    assert added(zoo, source, "m:tuned").version.number == 4
    assert added(zoo, source, "m:6").version.number == 5
    assert added(zoo, source, "m").version.version == "7"
    assert added(zoo, source, "other").version.version == "1"


def test_a_version_never_changes(zoo: Path, tmp_path: Path) -> None:
    added(zoo, model(tmp_path / "one", LAYERS), "m:1")
    with pytest.raises(UsageError, match="never change"):
        added(zoo, model(tmp_path / "two", tuned(LAYERS, 9)), "m:1")
    assert back(zoo, "m:1", tmp_path / "out") == (tmp_path / "one").read_bytes()


def test_without_a_version_the_latest_is_meant(zoo: Path, tmp_path: Path) -> None:
    added(zoo, model(tmp_path / "one", LAYERS), "m:z")
    added(zoo, model(tmp_path / "two", tuned(LAYERS, 9)), "m:a")
    assert back(zoo, "m", tmp_path / "out") == (tmp_path / "two").read_bytes()
    assert back(zoo, "m@z", tmp_path / "out") == (tmp_path / "one").read_bytes()


def test_what_is_not_there_is_told_with_what_is(zoo: Path, tmp_path: Path) -> None:
    added(zoo, model(tmp_path / "one", LAYERS), "m:1")
    with pytest.raises(UsageError, match=r"It has m:1\."):
        version(zoo, Reference("m", "2"))
    with pytest.raises(UsageError, match="there is no zoo here"):
        listing(tmp_path)
    with pytest.raises(UsageError, match="there is no n"):
        added(zoo, tmp_path / "one", "k", parent="n")


def test_a_fine_tuned_version_costs_what_moved(zoo: Path, tmp_path: Path) -> None:
    whole = added(zoo, model(tmp_path / "one", LAYERS), "m:1").stored
    one_layer = added(zoo, model(tmp_path / "two", tuned(LAYERS, 9, "layer.2.weight")), "m:2").stored
    assert one_layer < whole / 4 * 0.8
    assert back(zoo, "m:2", tmp_path / "out") == (tmp_path / "two").read_bytes()
    assert back(zoo, "m:1", tmp_path / "out") == (tmp_path / "one").read_bytes()


def test_a_renamed_file_is_still_near_its_parent(zoo: Path, tmp_path: Path) -> None:
    added(zoo, model(tmp_path / "pytorch_model", LAYERS), "m:1")
    added(zoo, model(tmp_path / "renamed", tuned(LAYERS, 9)), "other:1", parent="m:1")
    assert all(
        part.base for part in held(zoo, "other").parts if part.size == 160_000 and part in new(zoo, "other", "m")
    )
    assert show(zoo, reference("other")).lineage == ("m:1",)


def new(zoo: Path, name: str, before: str) -> list[Part]:
    known = {part.digest for part in held(zoo, before).parts}
    return [part for part in held(zoo, name).parts if part.digest not in known]


def test_a_parent_that_is_far_is_no_base(zoo: Path, tmp_path: Path) -> None:
    added(zoo, model(tmp_path / "one", LAYERS), "m:1")
    added(zoo, model(tmp_path / "two", {name: weights(50 + place, 40_000) for place, name in enumerate(LAYERS)}), "m:2")
    assert not any(part.base for part in held(zoo, "m:2").parts)


def test_chains_of_differences_have_an_end(zoo: Path, tmp_path: Path) -> None:
    tensors = dict(LAYERS)
    files = []
    for number in range(1, 8):
        files.append(model(tmp_path / f"m{number}", tensors))
        added(zoo, files[-1], f"m:{number}")
        tensors = tuned(tensors, number, by=1e-4)
    for number, file in enumerate(files, 1):
        contents = held(zoo, f"m:{number}")
        parts = Parts(zoo, {part.digest: part for part in contents.parts})
        assert max(parts.depth(part.digest) for part in contents.parts) <= DEEPEST
        assert back(zoo, f"m:{number}", tmp_path / "out") == file.read_bytes()
    assert stored(zoo) < 0.8 * sum(file.stat().st_size for file in files)


def test_a_version_needs_none_of_its_parents_to_be_there(zoo: Path, tmp_path: Path) -> None:
    added(zoo, model(tmp_path / "one", LAYERS), "m:1")
    added(zoo, model(tmp_path / "two", tuned(LAYERS, 3)), "m:2")
    forget(zoo, reference("m:1"))
    assert back(zoo, "m:2", tmp_path / "out") == (tmp_path / "two").read_bytes()
    assert show(zoo, reference("m:2")).lineage == ("m:1",)


def test_lineage_goes_back_to_the_first(zoo: Path, tmp_path: Path) -> None:
    source = model(tmp_path / "one", LAYERS)
    added(zoo, source, "base:1")
    added(zoo, source, "m:1", parent="base")
    added(zoo, source, "m:2", data="bbc", steps="100")
    shown = show(zoo, reference("m"))
    assert shown.lineage == ("m:1", "base:1")
    assert shown.version.notes == {"data": "bbc", "steps": "100"}


def test_the_same_file_in_the_same_zoo_gives_the_same_bytes(tmp_path: Path) -> None:
    source = model(tmp_path / "one", LAYERS)
    zoos = [tmp_path / "first", tmp_path / "second"]
    digests = [added(zoo, source, "m:1", note="x").manifest for zoo in zoos]
    assert digests[0] == digests[1]
    assert len({(zoo / "index.json").read_bytes() for zoo in zoos}) == 1
    assert not litter(zoos[0])


def test_what_versions_share_is_told(zoo: Path, tmp_path: Path) -> None:
    added(zoo, model(tmp_path / "one", LAYERS), "m:1")
    added(zoo, model(tmp_path / "two", tuned(LAYERS, 9, "layer.2.weight")), "m:2")
    by_name = {one.tensor.name: one for one in show(zoo, reference("m:2")).tensors}
    assert by_name["layer.0.weight"].shared == ("m:1",)
    assert by_name["layer.2.weight"].shared == ()
    assert by_name["layer.2.weight"].is_difference
    assert not by_name["layer.0.weight"].is_difference


def test_the_list_adds_up(zoo: Path, tmp_path: Path) -> None:
    added(zoo, model(tmp_path / "one", LAYERS), "m:1")
    added(zoo, model(tmp_path / "two", tuned(LAYERS, 9, "layer.2.weight")), "m:2")
    added(zoo, model(tmp_path / "three", {"x": weights(77, 20_000)}), "n:1")
    told = listing(zoo)
    assert [str(one.version.reference) for one in told.versions] == ["m:1", "m:2", "n:1"]
    assert told.logical == sum((tmp_path / name).stat().st_size for name in ("one", "two", "three"))
    assert told.stored == stored(zoo)
    assert told.unreferenced == 0
    first, second, third = told.versions
    assert third.own == third.needs
    assert first.own < 5000 < second.own < second.needs
    assert told.stored < sum(one.needs for one in told.versions)
    assert [str(one.version.reference) for one in listing(zoo, "n").versions] == ["n:1"]
