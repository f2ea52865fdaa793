"""A squeezed model as a file."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import Corrupt, Unknown
from deadweight.judging.array import Array
from deadweight.models.bfloat16 import from_words, words_of
from deadweight.squeezing.method import Choice, Kind, methods
from deadweight.squeezing.squeezing import Weights, kinds_of, squeezed
from deadweight.squeezing.storing.container import SqueezedModel
from deadweight.squeezing.storing.decoding import weights as decoded
from deadweight.squeezing.storing.files import (
    size_of,
    squeezed_model,
    stored_of,
    weights_of,
    write_checked,
    write_model,
    write_safetensors,
)


def _tensors() -> dict[str, Array]:
    random = np.random.default_rng(1)
    return {
        "table.weight": random.normal(size=(128, 64)).astype(np.float32),
        "layer.weight": random.normal(size=(64, 64)).astype(np.float32),
        "conv.weight": random.normal(size=(32, 16, 3, 3)).astype(np.float32),
        "layer.bias": random.normal(size=64).astype(np.float32),
        "huge.bias": np.array([1e30, 1.0], dtype=np.float32),
        "count": np.array(7, dtype=np.int64),
    }


def _squeezed() -> SqueezedModel:
    tensors = _tensors()
    return squeezed(
        Weights(tensors, kinds_of(tensors, {"table.weight"}, set())),
        Choice(methods()["feedback"]),
    )


def _write(path: Path, model: SqueezedModel) -> Path:
    with path.open("wb") as stream:
        write_model(stream, model)
    return path


def test_a_squeezed_file_gives_back_what_was_made(tmp_path: Path) -> None:
    model = _squeezed()
    back = squeezed_model(_write(tmp_path / "small.safetensors", model)).weights()
    assert back.keys() == _tensors().keys()
    for name, one in model.weights().items():
        assert np.array_equal(back[name], one), name
        assert back[name].dtype == _tensors()[name].dtype, name
        assert back[name].shape == _tensors()[name].shape, name


def test_what_is_small_is_kept_near_and_what_float16_does_not_hold_is_kept_exactly() -> None:
    back, was = _squeezed().weights(), _tensors()
    assert np.allclose(back["layer.bias"], was["layer.bias"], rtol=2**-10)
    assert np.array_equal(back["huge.bias"], was["huge.bias"])
    assert np.array_equal(back["count"], was["count"])


def test_weights_are_within_a_step_of_what_they_were() -> None:
    tensors, model = _tensors(), _squeezed()
    for name, one in model.squeezed.items():
        rows = tensors[name].reshape(len(tensors[name]), -1)
        off = np.abs(decoded(one).reshape(rows.shape).astype(np.float64) - rows.astype(np.float64))
        assert (off <= 0.6001 * one.parts["steps"].astype(np.float64)).all(), name


def test_any_reader_of_safetensors_opens_it(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.numpy")
    path = _write(tmp_path / "small.safetensors", _squeezed())
    stored = safetensors.load_file(path)
    assert stored["layer.weight.codes"].dtype == np.uint8
    assert {name for name in stored if name.startswith("deadweight.plain")} == {
        "deadweight.plain.float16",
        "deadweight.plain.float32",
        "deadweight.plain.int64",
    }


def test_a_file_of_the_version_before_is_read(tmp_path: Path) -> None:
    model = _squeezed()
    said = json.loads(model.metadata()["deadweight"])
    del said["plain"]
    parts = {name: one for name, one in model.stored() if not name.startswith("deadweight.plain")}
    path = tmp_path / "older.safetensors"
    with path.open("wb") as stream:
        write_safetensors(stream, {**parts, **model.plain}, {"deadweight": json.dumps({**said, "version": 2})})
    back, now = squeezed_model(path).weights(), model.weights()
    assert back.keys() == now.keys()
    assert all(np.array_equal(back[name], now[name]) for name in now)


def test_many_small_tensors_take_no_head_each(tmp_path: Path) -> None:
    small = {f"block.{number}.norm.weight": np.ones(8, np.float32) for number in range(200)}
    counts = {f"block.{number}.norm.num_batches_tracked": np.array(7, np.int64) for number in range(200)}
    model = squeezed(Weights({**small, **counts}, {}), Choice(methods()["lossless"]))
    plain = tmp_path / "plain.safetensors"
    with plain.open("wb") as stream:
        write_safetensors(stream, model.weights(), {})
    assert write_checked(tmp_path / "small.safetensors", model) < plain.stat().st_size / 2


def test_the_same_model_is_the_same_bytes(tmp_path: Path) -> None:
    files = [_write(tmp_path / name, _squeezed()).read_bytes() for name in ("a", "b")]
    assert files[0] == files[1]


def test_kinds_leave_what_is_small_whole_numbers_or_not_finite() -> None:
    broken = np.ones((128, 64), dtype=np.float32)
    broken[0, 0] = np.nan
    tensors: dict[str, Array] = {
        "small": np.ones((8, 8), np.float32),
        "counts": np.ones((128, 64), np.int32),
        "vector": np.ones(8192, np.float32),
        "broken": broken,
        "gates": np.ones((128, 64), np.float32),
    }
    assert kinds_of(tensors, set(), {"gates"}) == {"gates": Kind.GATES}


def test_a_plain_file_is_no_squeezed_one(tmp_path: Path) -> None:
    path = tmp_path / "plain.safetensors"
    with path.open("wb") as stream:
        write_safetensors(stream, _tensors(), {})
    with pytest.raises(Corrupt, match="no squeezed model"):
        squeezed_model(path)
    assert weights_of(path).keys() == _tensors().keys()


def _lie(about: dict[str, Any], stored: dict[str, Array], lie: str) -> None:
    """Make the file lie of layer.weight, or of itself."""
    one = about["tensors"]["layer.weight"]
    changed: dict[str, dict[str, Any]] = {
        "shape": {"shape": [64, 65]},
        "endless shape": {"shape": [1 << 40, 1 << 40]},
        "negative shape": {"shape": [-64, -64]},
        "truth as a length": {"shape": [True, 4096]},
        "dtype": {"dtype": "int8"},
        "form": {"form": "quilt"},
        "bits": {"about": {"bits": 5, "group": 0}},
        "no bits": {"about": {"group": 0}},
        "group": {"about": {"bits": 4, "group": 7}},
        "part": {"parts": ["codes", "steps", "stairs"]},
    }
    one.update(changed.get(lie, {}))
    if lie == "missing":
        del stored["layer.weight.codes"]
    elif lie == "steps":
        stored["layer.weight.steps"] = np.ones((3, 1), np.float16)
    elif lie == "endless step":
        stored["layer.weight.steps"] = np.full((1, 1), np.inf, np.float16)
    elif lie == "whole steps":
        stored["layer.weight.steps"] = np.ones((1, 1), np.int32)
    elif lie == "codes":
        stored["layer.weight.codes"] = np.zeros(40, np.uint8)
    elif lie == "version":
        about["version"] = 99
    elif lie == "dtypes":
        about["dtypes"]["nowhere"] = "float32"
    elif lie == "pool":
        about["plain"]["float32"]["huge.bias"] = [3]
    elif lie == "no pool":
        del stored["deadweight.plain.int64"]
    elif lie == "two pools":
        about["plain"]["int64"]["huge.bias"] = [1]
    elif lie == "odd pool":
        about["plain"]["quaternion"] = about["plain"].pop("int64")
    elif lie == "unsaid":
        stored["stowaway"] = np.zeros(3, np.float32)


_LIES = ("shape", "endless shape", "negative shape", "truth as a length", "dtype", "form", "bits", "no bits", "group")
_MORE_LIES = ("part", "missing", "steps", "endless step", "whole steps", "codes", "version", "dtypes")
_LIES_OF_POOLS = ("pool", "no pool", "two pools", "odd pool", "unsaid")


@pytest.mark.parametrize("lie", [*_LIES, *_MORE_LIES, *_LIES_OF_POOLS])
def test_a_file_that_lies_is_refused(tmp_path: Path, lie: str) -> None:
    model = _squeezed()
    said, stored = json.loads(model.metadata()["deadweight"]), dict(model.stored())
    _lie(said, stored, lie)
    path = tmp_path / "small.safetensors"
    with path.open("wb") as stream:
        write_safetensors(stream, stored, {"deadweight": json.dumps(said)})
    with pytest.raises(Corrupt):
        squeezed_model(path).weights()


def test_a_tensor_with_the_name_of_a_part_is_kept_apart(tmp_path: Path) -> None:
    tensors = {**_tensors(), "layer.weight.codes": np.arange(3, dtype=np.float32)}
    model = squeezed(Weights(tensors, kinds_of(tensors, set(), set())), Choice(methods()["nearest"]))
    write_checked(tmp_path / "small.safetensors", model)
    back = squeezed_model(tmp_path / "small.safetensors").weights()
    assert np.array_equal(back["layer.weight.codes"], [0, 1, 2])


def test_bfloat16_is_written_as_such_and_comes_back_as_such(tmp_path: Path) -> None:
    words = words_of(np.random.default_rng(3).normal(size=64 * 80).astype(np.float32))
    words[:8] = [0x7F80, 0xFF80, 0x7FC0, 0x7F81, 0, 0x8000, 1, 0x7F7F]
    path, out = tmp_path / "words.safetensors", tmp_path / "out.safetensors"
    with path.open("wb") as stream:
        write_safetensors(stream, {"w": from_words(words).reshape(64, 80)}, {}, {"w": "bfloat16"})
    stored = stored_of(path)
    assert stored.dtypes == {"w": "bfloat16"}
    made = squeezed(Weights(stored.tensors, {}, dtypes=stored.dtypes), Choice(methods()["lossless"]))
    assert write_checked(out, made) == out.stat().st_size < path.stat().st_size
    back = squeezed_model(out)
    assert back.words == {"w": "bfloat16"}
    assert np.array_equal(words_of(back.weights()["w"]).ravel(), words)


def test_a_plain_tensor_of_bfloat16_stays_one(tmp_path: Path) -> None:
    values = np.array([0.5, -3.0, 1.0], np.float32)
    model = squeezed(Weights({"b": values}, {}, dtypes={"b": "bfloat16"}), Choice(methods()["feedback"]))
    assert size_of(model) == write_checked(tmp_path / "b.safetensors", model)
    assert squeezed_model(tmp_path / "b.safetensors").words == {"b": "bfloat16"}
    assert np.array_equal(squeezed_model(tmp_path / "b.safetensors").weights()["b"], values)


def test_a_model_that_holds_nan_is_written_and_read_back(tmp_path: Path) -> None:
    broken = np.full((64, 80), np.nan, np.float32)
    model = squeezed(Weights({"w": broken}, {}), Choice(methods()["feedback"]))
    write_checked(tmp_path / "w.safetensors", model)
    assert np.isnan(squeezed_model(tmp_path / "w.safetensors").weights()["w"]).all()


def test_a_file_without_tensors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.safetensors"
    with path.open("wb") as stream:
        write_safetensors(stream, {}, {"a": "b"})
    with pytest.raises(Unknown, match="it has no tensors"):
        stored_of(path)


def test_a_file_with_tensors_that_are_not_read_is_refused_with_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "odd.safetensors"
    tensors = {name: np.zeros(2, np.complex64) for name in ("odd", "other")}
    with path.open("wb") as stream:
        write_safetensors(stream, {**tensors, "plain": np.zeros(4, np.float32)}, {})
    with pytest.raises(Unknown, match=r"odd is of complex64; other is of complex64"):
        stored_of(path)


def test_a_checkpoint_whose_reader_left_gaps_is_refused(tmp_path: Path) -> None:
    """A dataset in chunks is not read: without it the squeezed model would lack it, and nobody would know."""
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("plain", data=np.ones((4, 4), np.float32))
        file.create_dataset("chunked", data=np.ones((4, 4), np.float32), chunks=(2, 2))
    with pytest.raises(Unknown, match="chunked: it is float32, in chunks"):
        stored_of(path)


_EVERY_DTYPE = (
    "bfloat16",
    "bool",
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint64",
)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(_EVERY_DTYPE), st.sampled_from([(), (0,), (1,), (3, 0, 2), (5, 7), (64, 65)])),
        max_size=5,
    ),
    st.integers(0, 999),
)
def test_every_bit_of_every_dtype_and_shape_comes_back(said: list[tuple[str, tuple[int, ...]]], seed: int) -> None:
    random = np.random.default_rng(seed)
    tensors = {f"t{place}": _of_any_bits(random, *one) for place, one in enumerate(said)}
    dtypes = {f"t{place}": dtype for place, (dtype, _) in enumerate(said) if dtype == "bfloat16"}
    with TemporaryDirectory() as folder:
        path = Path(folder, "any.safetensors")
        write_checked(path, squeezed(Weights(tensors, {}, dtypes=dtypes), Choice(methods()["lossless"])))
        back = squeezed_model(path)
        assert back.words == dtypes
        found = {name: (one.dtype, one.shape, one.tobytes()) for name, one in back.weights().items()}
    assert found == {name: (one.dtype, one.shape, one.tobytes()) for name, one in tensors.items()}


def _of_any_bits(random: np.random.Generator, dtype: str, shape: tuple[int, ...]) -> Array:
    """Not numbers with any payload, denormals, infinities and both zeros among them."""
    count = int(np.prod(shape))
    if dtype == "bool":
        return random.integers(0, 2, count).astype(bool).reshape(shape)
    if dtype == "bfloat16":
        return from_words(random.integers(0, 1 << 16, count).astype(np.uint16)).reshape(shape)
    kind = np.dtype(dtype)
    return np.frombuffer(random.bytes(count * kind.itemsize), kind).reshape(shape)
