"""Laws that every method holds, whichever there are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from deadweight.judging.array import Array
from deadweight.squeezing.calibration.moments import Calibration
from deadweight.squeezing.method import Choice, Kind, Layer, Method, chosen, methods
from deadweight.squeezing.rounding.codes import Reals
from deadweight.squeezing.rounding.coupling import Coupling
from deadweight.squeezing.squeezing import Weights, kinds_of, squeezed
from deadweight.squeezing.storing.decoding import weights as decoded
from deadweight.squeezing.storing.files import squeezed_model, write_model

_METHODS = tuple(methods().values())
_FINEST, _COARSER = 1.0, 2.0


def _finest(method: Method) -> float:
    return method.factors[0] if method.factors else _FINEST


def _normal(*shape: int, seed: int = 1) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def _moments(columns: int) -> Reals:
    inputs = np.random.default_rng(2).normal(size=(4 * columns, columns))
    return np.asarray(inputs.T @ inputs)


def _awkward() -> dict[str, Array]:
    """A model of everything that a checkpoint may hold."""
    broken, endless, super_weight = (_normal(64, 80, seed=seed) for seed in (3, 4, 5))
    broken[3, 3], endless[0, 1], super_weight[7, 7] = np.nan, -np.inf, 5000.0
    return {
        "plain": _normal(64, 80),
        "odd": _normal(81, 67, 1),
        "conv": _normal(32, 16, 3, 3),
        "half": _normal(64, 80).astype(np.float16),
        "double": _normal(64, 80).astype(np.float64),
        "zeros": np.zeros((64, 80), np.float32),
        "tiny": _normal(64, 80) * np.float32(1e-38),
        "large": _normal(64, 80) * np.float32(1e20),
        "beyond": _normal(64, 80) * np.float32(1e36),
        "one row huge": _normal(64, 80) * np.where(np.arange(64) == 5, 1e6, 1e-4)[:, None].astype(np.float32),
        "super": super_weight,
        "broken": broken,
        "endless": endless,
        "long": _normal(9000),
        "none": np.zeros((0, 80), np.float32),
        "no columns": np.zeros((80, 0), np.float32),
        "scalar": np.array(3.5, np.float32),
        "counts": np.arange(8192, dtype=np.int64).reshape(64, 128),
        "truths": np.ones((64, 80), bool),
        "words": np.round(_normal(64, 80) * np.float32(4)) / np.float32(4),
    }


def _weights() -> Weights:
    tensors = _awkward()
    found = Calibration()
    for name in ("plain", "super", "zeros"):
        found.layer(name).add(_normal(320, 80, seed=2))
    return Weights(tensors, kinds_of(tensors, {"odd"}, {"one row huge"}), found, {"words": "bfloat16"})


def _off(layer: Layer, method: Method, factor: float) -> float:
    """The error's root mean square in shares of the weights'."""
    near = decoded(method.squeeze(layer, factor)).astype(np.float64)
    was = layer.tensor.astype(np.float64)
    return float(np.linalg.norm(near - was) / np.linalg.norm(was))


@pytest.mark.parametrize("method", _METHODS, ids=lambda one: one.name)
def test_every_method_gives_back_from_the_file_what_it_made(method: Method, tmp_path: Path) -> None:
    model = squeezed(_weights(), Choice(method, _finest(method)))
    path = tmp_path / "small.safetensors"
    with path.open("wb") as stream:
        write_model(stream, model)
    back = squeezed_model(path)
    made, read = model.weights(), back.weights()
    assert read.keys() == made.keys() == _awkward().keys()
    assert back.words == model.words == {"words": "bfloat16"}
    for name, was in _awkward().items():
        assert read[name].tobytes() == made[name].tobytes(), name
        assert (read[name].dtype, read[name].shape) == (was.dtype, was.shape), name


@pytest.mark.parametrize("method", _METHODS, ids=lambda one: one.name)
def test_every_method_leaves_what_is_not_finite_where_it_is_and_all_else_finite(method: Method) -> None:
    made = squeezed(_weights(), Choice(method, _finest(method))).weights()
    for name, was in _awkward().items():
        assert np.array_equal(np.isfinite(made[name]), np.isfinite(was)), name


@pytest.mark.parametrize("method", _METHODS, ids=lambda one: one.name)
def test_every_method_keeps_whole_numbers_and_truths(method: Method) -> None:
    made = squeezed(_weights(), Choice(method, _finest(method))).weights()
    for name in ("counts", "truths", "scalar", "none", "no columns", "zeros"):
        assert np.array_equal(made[name], _awkward()[name]), name


@pytest.mark.parametrize("method", _METHODS, ids=lambda one: one.name)
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e6])
def test_no_method_loses_more_than_it_says(method: Method, kind: Kind, scale: float) -> None:
    layer = Layer(_normal(256, 256) * np.float32(scale), "float32", kind, Coupling(_moments(256)))
    off = _off(layer, method, _finest(method))
    assert off <= method.loss
    if method.is_exact:
        assert off == 0.0


@pytest.mark.parametrize("method", _METHODS, ids=lambda one: one.name)
def test_coarser_takes_fewer_bytes_and_loses_more(method: Method) -> None:
    layer = Layer(_normal(256, 256), "float32", Kind.LAYER, Coupling(_moments(256)))
    factors = method.factors or (_FINEST, _COARSER)
    sizes = [method.squeeze(layer, factor).size for factor in factors]
    errors = [_off(layer, method, factor) for factor in factors]
    assert sizes == sorted(sizes, reverse=True)
    assert errors == sorted(errors)
    assert sizes[0] < layer.tensor.nbytes


@pytest.mark.parametrize("method", _METHODS, ids=lambda one: one.name)
def test_every_method_makes_the_same_of_the_same(method: Method) -> None:
    layer = Layer(_normal(64, 80), "float32", Kind.LAYER, Coupling(_moments(80)))
    first, second = (method.squeeze(layer, _finest(method)) for _ in range(2))
    assert {name: one.tobytes() for name, one in first.parts.items()} == {
        name: one.tobytes() for name, one in second.parts.items()
    }


def test_methods_are_told_apart_by_rank_and_those_that_a_search_asks_come_in_order() -> None:
    asked = chosen(())
    assert asked[0].name == "feedback"
    assert [one.rank for one in asked] == sorted({one.rank for one in _METHODS if one.rank})
    assert [one.name for one in chosen(("int4", "nearest", "int4"))] == ["int4", "nearest"]
