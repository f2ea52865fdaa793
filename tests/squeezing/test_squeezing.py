"""One choice for all tensors of a model: biases that make good what rounding took, and statistics that are restated."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from deadweight.judging.array import Array
from deadweight.squeezing.calibration.moments import Calibration
from deadweight.squeezing.calibration.statistics import Spread, matched
from deadweight.squeezing.method import Choice, Kind, methods
from deadweight.squeezing.squeezing import Weights, corrected, kinds_of, restated, squeezed

_RANDOM = np.random.default_rng(21)
_INPUTS = (_RANDOM.normal(size=(500, 80)) + 2.0).astype(np.float32)


def _tensors(is_turned: bool = False) -> dict[str, Array]:
    weight = _RANDOM.normal(size=(64, 80)).astype(np.float32)
    return {"w": np.ascontiguousarray(weight.T) if is_turned else weight, "b": np.zeros(64, np.float32)}


def _weights(tensors: dict[str, Array], is_turned: bool = False, bias: str | None = "b") -> Weights:
    found = Calibration()
    layer = found.layer("w", bias)
    layer.is_turned = is_turned
    layer.add(_INPUTS)
    return Weights(tensors, kinds_of(tensors, set(), set()), found)


def _outputs(tensors: dict[str, Array], is_turned: bool) -> NDArray[np.float64]:
    weight = tensors["w"].astype(np.float64)
    return np.asarray(_INPUTS @ (weight if is_turned else weight.T) + tensors["b"].astype(np.float64))


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("name", ["feedback", "nearest", "int4", "prune"])
def test_the_bias_gives_back_what_rounding_took_from_the_mean(name: str, is_turned: bool) -> None:
    tensors = _tensors(is_turned)
    method = methods()[name]
    choice = Choice(method, method.factors[-1] if method.factors else 1.0)
    made = squeezed(_weights(tensors, is_turned), choice).weights()
    off = (_outputs(made, is_turned) - _outputs(tensors, is_turned)).mean(axis=0)
    without = _outputs({**made, "b": tensors["b"]}, is_turned) - _outputs(tensors, is_turned)
    assert np.abs(off).max() < 0.02 * np.abs(without.mean(axis=0)).max()


def test_a_bias_that_two_layers_share_is_left_alone() -> None:
    tensors = _tensors()
    weights = _weights(tensors)
    weights.calibration.layer("w", "another")
    made = squeezed(weights, Choice(methods()["nearest"])).weights()
    assert np.array_equal(made["b"], tensors["b"])


def test_feedback_around_the_mean_is_nearer_where_a_bias_follows() -> None:
    tensors = _tensors()
    errors = []
    for bias in (None, "b"):
        made = squeezed(_weights(tensors, bias=bias), Choice(methods()["feedback"])).weights()
        errors.append(float(((_outputs(made, False) - _outputs(tensors, False)) ** 2).mean()))
    assert errors[1] < errors[0]


def test_turned_layers_are_nearer_with_feedback_than_without() -> None:
    turned = _RANDOM.normal(size=(80, 80)).astype(np.float32)
    global_inputs = _INPUTS @ turned
    found = Calibration()
    layer = found.layer("w")
    layer.is_turned = True
    layer.add(global_inputs)
    tensors = _tensors(is_turned=True)
    errors = {}
    for name in ("feedback", "nearest"):
        made = squeezed(Weights(tensors, {"w": Kind.LAYER}, found), Choice(methods()[name])).weights()["w"]
        errors[name] = float(
            np.linalg.norm(global_inputs @ (made.astype(np.float64) - tensors["w"].astype(np.float64)))
        )
    assert errors["feedback"] < 0.8 * errors["nearest"]


def test_gates_by_direction_have_a_step_for_each_row() -> None:
    gates = (_RANDOM.normal(size=(2, 64, 40)) * np.logspace(-3, 3, 64)[None, :, None]).astype(np.float32)
    weights = Weights({"w": gates}, {"w": Kind.GATES})
    model = squeezed(weights, Choice(methods()["nearest"]))
    assert model.squeezed["w"].parts["steps"].shape == (2, 64)
    near = model.weights()["w"].astype(np.float64)
    off = np.linalg.norm(near - gates, axis=-1) / np.linalg.norm(gates.astype(np.float64), axis=-1)
    assert off.max() < 0.4


def test_depthwise_convolutions_keep_eight_bits_however_coarse_the_rest_is() -> None:
    window = _RANDOM.normal(size=(512, 1, 3, 3)).astype(np.float32)
    tensors: dict[str, Array] = {"w": window}
    kinds = kinds_of(tensors, set(), set())
    assert kinds == {"w": Kind.DEPTHWISE}
    made = squeezed(Weights(tensors, kinds), Choice(methods()["feedback"], 8.0)).weights()["w"]
    assert np.abs(made.astype(np.float64) - window).max() <= np.abs(window).max() / 127


def test_a_rounding_that_scales_what_comes_to_a_layer_scales_its_statistics() -> None:
    """What comes is 1.5 x + 0.7 afterwards: so is what the layer takes for its mean."""
    tensors: dict[str, Array] = {"mean": np.array([0.3], np.float32), "var": np.array([2.0], np.float32)}
    before = Spread(np.array([1.0]), np.array([4.0]), "mean", "var")
    after = Spread(np.array([1.5 + 0.7]), np.array([9.0]), "mean", "var")
    found = dict(matched(tensors, (before,), (after,)))
    assert found["mean"] == pytest.approx([1.5 * 0.3 + 0.7])
    assert found["var"] == pytest.approx([2.0 * 2.25])


def test_restated_tensors_stand_in_the_model_in_their_own_dtype() -> None:
    tensors: dict[str, Array] = {**_tensors(), "mean": np.array([0.3, 0.1], np.float32)}
    weights = Weights(tensors, kinds_of(tensors, set(), set()))
    model = squeezed(weights, Choice(methods()["nearest"]))
    changed = restated(weights, model, {"mean": np.array([0.5, 1e30])}).weights()
    assert changed["mean"].dtype == np.float32
    assert changed["mean"] == pytest.approx([0.5, 1e30])
    assert changed.keys() == tensors.keys()


def test_what_no_calibration_reached_corrects_nothing() -> None:
    tensors = _tensors()
    weights = Weights(tensors, kinds_of(tensors, set(), set()))
    assert not corrected(weights, squeezed(weights, Choice(methods()["nearest"])).squeezed)


def test_inputs_that_are_not_finite_are_passed_over() -> None:
    found = Calibration().layer("w")
    rows = np.ones((4, 3), np.float32)
    rows[1, 1] = np.nan
    found.add(rows)
    assert found.count == 3
    assert np.isfinite(found.products).all()
    found.add(rows[1:2])
    assert found.count == 3


def test_wide_inputs_are_taken_in_stretches_around_their_mean() -> None:
    rows = (_RANDOM.normal(size=(60, 2100)) + 5.0).astype(np.float32)
    found = Calibration().layer("w", "b")
    found.add(rows[:25])
    found.add(rows[25:])
    assert found.moments.shape == (3, 1024, 1024)
    part = rows[:, :1024].astype(np.float64) - rows[:, :1024].mean(axis=0)
    assert np.allclose(found.moments[0], part.T @ part, atol=0.5)
    assert not found.moments[2][52:].any()
