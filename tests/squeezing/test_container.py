"""A squeezed model as a file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from deadweight.core.errors import Corrupt
from deadweight.judging.array import Array
from deadweight.squeezing.container import SqueezedModel
from deadweight.squeezing.decoding import weights as decoded
from deadweight.squeezing.files import squeezed_model, weights_of, write_model, write_safetensors
from deadweight.squeezing.method import Choice, Kind, methods
from deadweight.squeezing.squeezing import Weights, kinds_of, squeezed


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
    assert np.array_equal(stored["count"], 7)


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


@pytest.mark.parametrize("lie", ["shape", "bits", "missing"])
def test_a_file_that_lies_about_its_codes_is_refused(tmp_path: Path, lie: str) -> None:
    model = _squeezed()
    said = json.loads(model.metadata()["deadweight"])
    stored = dict(model.stored())
    if lie == "shape":
        said["tensors"]["layer.weight"]["shape"] = [64, 65]
    elif lie == "bits":
        said["tensors"]["layer.weight"]["about"]["bits"] = 5
    else:
        del stored["layer.weight.codes"]
    path = tmp_path / "small.safetensors"
    with path.open("wb") as stream:
        write_safetensors(stream, stored, {"deadweight": json.dumps(said)})
    with pytest.raises(Corrupt):
        squeezed_model(path).weights()
