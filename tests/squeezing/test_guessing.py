"""A guess of the bytes is near the bytes, for every method and kind of tensor."""

from __future__ import annotations

import numpy as np
import pytest

from deadweight.judging.array import Array
from deadweight.squeezing.calibration.moments import Calibration
from deadweight.squeezing.guessing import guessed
from deadweight.squeezing.method import Choice, methods
from deadweight.squeezing.squeezing import Weights, kinds_of, squeezed
from deadweight.squeezing.storing.files import size_of

_RANDOM = np.random.default_rng(31)


def _weights() -> Weights:
    inputs = (_RANDOM.normal(size=(300, 40)) @ _RANDOM.normal(size=(40, 384))).astype(np.float32)
    tensors: dict[str, Array] = {
        "table": (_RANDOM.normal(size=(3000, 64)) * _RANDOM.uniform(0.5, 2.0, (3000, 1))).astype(np.float32),
        "layer": _RANDOM.standard_t(5, size=(500, 384)).astype(np.float32),
        "gates": (_RANDOM.normal(size=(2, 256, 100)) * 0.1).astype(np.float32),
        "window": _RANDOM.normal(size=(512, 1, 3, 3)).astype(np.float32),
        "wide": _RANDOM.normal(size=(3, 60_000)).astype(np.float32),
        "bias": _RANDOM.normal(size=500).astype(np.float32),
    }
    found = Calibration()
    found.layer("layer").add(inputs)
    found.look_up("table", 3000, _RANDOM.integers(0, 1000, 5000))
    return Weights(tensors, kinds_of(tensors, {"table"}, {"gates"}), found)


@pytest.mark.parametrize("name", sorted(methods()))
@pytest.mark.parametrize("number", [0, -1])
def test_a_guess_is_within_a_tenth_of_the_bytes(name: str, number: int) -> None:
    method, weights = methods()[name], _weights()
    choice = Choice(method, method.factors[number] if method.factors else (0.3, 1.5)[number])
    assert guessed(weights, choice) == pytest.approx(size_of(squeezed(weights, choice)), rel=0.1)


def test_a_guess_falls_as_the_factor_grows() -> None:
    weights = _weights()
    guesses = [guessed(weights, Choice(methods()["feedback"], factor)) for factor in (0.1, 0.2, 0.5, 1.0, 2.0, 4.0)]
    assert guesses == sorted(guesses, reverse=True)


def test_shares_of_layers_are_guessed_with() -> None:
    weights, method = _weights(), methods()["nearest"]
    assert guessed(weights, Choice(method, 1.0, {"layer": 3.0})) < 0.95 * guessed(weights, Choice(method, 1.0))


def test_tensors_without_elements_take_nothing() -> None:
    weights = Weights({"none": np.zeros((0, 4), np.float32)}, {})
    assert guessed(weights, Choice(methods()["lossless"])) == guessed(weights, Choice(methods()["nearest"])) == 0
