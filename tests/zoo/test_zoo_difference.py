"""What two versions differ in: which tensors, and how far their elements moved, as numpy has it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from builders.models import Storage, safetensors, torch_legacy, whole
from builders.zoos import added, model, moved, noise, weights
from deadweight.core.zoo import reference
from deadweight.core.zoo_report import Magnitude, ZooDifference
from deadweight.zoo.comparing import compare
from deadweight.zoo.magnitude import magnitude
from deadweight.zoo.reading import PART

FIRST = {"a": weights(1, 30_000), "b": weights(2, 30_000), "gone": weights(3, 500)}
LITTLE = ("little", "little")


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    root = tmp_path / "zoo"
    added(root, model(tmp_path / "one", FIRST), "m:1")
    return root


def differ(zoo: Path, before: str, after: str) -> ZooDifference:
    return compare(zoo, reference(before), reference(after))


def test_what_is_there_no_more_new_and_changed_is_told(zoo: Path, tmp_path: Path) -> None:
    after = {"a": FIRST["a"], "b": moved(FIRST["b"], 4, 0.01), "new": weights(9, 700)}
    added(zoo, model(tmp_path / "two", after), "m:2")
    told = differ(zoo, "m:1", "m:2")
    assert [one.name for one in told.added] == ["new"]
    assert [one.name for one in told.removed] == ["gone"]
    assert [one.after.name for one in told.changed] == ["b"]
    assert (told.same, told.same_bytes) == (1, 120_000)
    assert told.files == ("two",)
    assert not told.gaps


def test_how_far_elements_moved_is_what_numpy_says(zoo: Path, tmp_path: Path) -> None:
    after = moved(FIRST["b"], 4, 0.01)
    added(zoo, model(tmp_path / "two", {**FIRST, "b": after}), "m:2")
    (changed,) = differ(zoo, "m:1", "m:2").changed
    one, other = (numpy.frombuffer(body, "<f4").astype(numpy.float64) for body in (FIRST["b"], after))
    assert changed.magnitude is not None
    assert changed.magnitude.largest == pytest.approx(float(numpy.abs(other - one).max()))
    assert changed.magnitude.relative == pytest.approx(float(numpy.linalg.norm(other - one) / numpy.linalg.norm(one)))
    assert changed.magnitude.elements == int((one != other).sum())


def test_a_version_is_the_same_as_itself(zoo: Path) -> None:
    told = differ(zoo, "m:1", "m")
    assert (told.added, told.removed, told.changed, told.files) == ((), (), (), ())
    assert told.same == 3


def test_another_format_of_the_same_tensors_differs_in_no_tensor(zoo: Path, tmp_path: Path) -> None:
    storages = [Storage(str(place), "float32", body) for place, body in enumerate(FIRST.values())]
    tree = {name: whole(storage) for name, storage in zip(FIRST, storages, strict=True)}
    added(zoo, torch_legacy(tmp_path / "two.pt", tree, storages), "m:2")
    told = differ(zoo, "m:1", "m:2")
    assert (told.same, told.changed) == (3, ())
    assert told.files == ("two.pt",)


def test_another_shape_or_dtype_is_a_change_without_a_measure(zoo: Path, tmp_path: Path) -> None:
    shapes = {"a": ("F32", (300, 100), FIRST["a"]), "b": ("I32", (30_000,), FIRST["b"])}
    added(zoo, safetensors(tmp_path / "two", shapes), "m:2")
    told = differ(zoo, "m:1", "m:2")
    assert {one.after.name: one.magnitude for one in told.changed} == {"a": None, "b": None}
    assert not told.gaps


def test_tensors_of_a_few_bytes_are_measured_too(zoo: Path, tmp_path: Path) -> None:
    """They lie in no part of their own."""
    for number, value in enumerate((1.0, 3.5)):
        body = numpy.array([2.0, value], "<f4").tobytes()
        added(zoo, model(tmp_path / f"m{number}", {"a": FIRST["a"], "few": body}), f"n:{number}")
    (changed,) = differ(zoo, "n:0", "n:1").changed
    check(changed.magnitude, 2.5, 2.5 / 5**0.5, 1)


def check(found: Magnitude | None, largest: float, relative: float, elements: int) -> None:
    assert found is not None
    assert (found.largest, found.elements) == (largest, elements)
    assert found.relative == pytest.approx(relative)


def test_tensors_of_several_parts_are_measured_whole(zoo: Path, tmp_path: Path) -> None:
    body = bytearray(noise(1, PART + 4096))
    for number in range(2):
        body[PART + 10] = number
        added(zoo, safetensors(tmp_path / f"m{number}", {"big": ("U8", (len(body),), bytes(body))}), f"n:{number}")
    (changed,) = differ(zoo, "n:0", "n:1").changed
    assert changed.magnitude is not None
    assert (changed.magnitude.largest, changed.magnitude.elements) == (1.0, 1)


def test_without_numpy_what_changed_is_told_and_how_far_is_a_gap(
    zoo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(zoo, model(tmp_path / "two", {**FIRST, "b": moved(FIRST["b"], 4, 0.01)}), "m:2")
    monkeypatch.setitem(sys.modules, "numpy", None)
    told = differ(zoo, "m:1", "m:2")
    assert [(one.after.name, one.magnitude) for one in told.changed] == [("b", None)]
    assert "deadweight[models]" in told.gaps[0].reason


@pytest.mark.parametrize(
    ("dtype", "form"),
    [("float16", "<f2"), ("float32", "<f4"), ("float64", "<f8"), ("int8", "i1"), ("int64", "<i8"), ("uint16", "<u2")],
)
def test_every_number_type_is_measured(dtype: str, form: str) -> None:
    one, other = numpy.array([1, 2, 3, 4], form), numpy.array([1, 2, 5, 4], form)
    found = magnitude(dtype, LITTLE, [one.tobytes()], [other.tobytes()])
    check(found, 2.0, 2 / 30**0.5, 1)


def test_bfloat16_is_the_upper_half_of_float32() -> None:
    one, other = (numpy.array(values, "<f4").view("<u2")[1::2].tobytes() for values in ([1.0, 2.0], [1.0, 2.5]))
    found = magnitude("bfloat16", LITTLE, [one], [other])
    check(found, 0.5, 0.5 / 5**0.5, 1)


def test_byte_orders_may_differ() -> None:
    one, other = numpy.array([1.0, 2.0], "<f4"), numpy.array([1.0, 2.0], ">f4")
    assert magnitude("float32", ("little", "big"), [one.tobytes()], [other.tobytes()]) == Magnitude(0.0, 0.0, 0)


def test_what_is_no_number_counts_as_changed_and_measures_nothing() -> None:
    one = numpy.array([1.0, numpy.nan, numpy.inf, 0.0], "<f4").tobytes()
    other = numpy.array([1.5, 2.0, numpy.inf, numpy.nan], "<f4").tobytes()
    found = magnitude("float32", LITTLE, [one], [other])
    check(found, 0.5, 0.5, 3)


@pytest.mark.parametrize("dtype", ["q4_0", "float8_e4m3fn", "complex64", "int4"])
def test_blocks_and_other_types_are_not_measured(dtype: str) -> None:
    assert magnitude(dtype, LITTLE, [bytes(16)], [bytes(16)]) is None


@settings(max_examples=30, derandomize=True, deadline=None)
@given(some.binary(min_size=8, max_size=400), some.lists(some.integers(1, 60), min_size=1, max_size=5))
def test_how_the_bytes_are_cut_makes_no_difference(body: bytes, cuts: list[int]) -> None:
    body = body[: len(body) // 4 * 4]
    zeros = bytes(len(body))
    pieces, at = [], 0
    for cut in cuts:
        pieces.append(body[at : at + cut])
        at += cut
    pieces.append(body[at:])
    assert magnitude("uint32", LITTLE, pieces, [zeros]) == magnitude("uint32", LITTLE, [body], [zeros])
