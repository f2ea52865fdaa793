"""Layers that are fitted to what rounded ones before them give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.squeezing.rounding.codes import Codes, Reals, codes, one_step
from deadweight.squeezing.rounding.coupling import Coupling
from deadweight.squeezing.rounding.feedback import fed_back
from deadweight.squeezing.rounding.fitting import Fit, fitted

_RANDOM = np.random.default_rng(17)
_WIDTH = 48


def _error(fit: Fit, weights: Reals, inputs: Reals, wanted: Reals) -> float:
    """Squared, with the bias that goes with the weights."""
    return float(((inputs @ weights.T + fit.bias(weights) - wanted) ** 2).sum())


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 12), st.sampled_from([1e-6, 1.0, 1e6]), st.booleans()
)
def test_a_fit_never_raises_the_squared_error(
    seed: int, examples: int, columns: int, scale: float, has_bias: bool
) -> None:
    random = np.random.default_rng(seed)
    inputs, weights = random.normal(size=(examples, columns)) * scale + 1, random.normal(size=(5, columns))
    wanted = random.normal(size=(examples, 5)) * scale
    fit = fitted(weights, inputs, wanted, has_bias=has_bias)
    before, after = (_error(fit, one, inputs, wanted) for one in (weights, fit.weights))
    assert after <= before * (1 + 1e-9)


def test_what_is_given_as_it_always_was_leaves_the_weights_alone() -> None:
    inputs, weights = _RANDOM.normal(size=(200, _WIDTH)), _RANDOM.normal(size=(7, _WIDTH))
    fit = fitted(weights, inputs, inputs @ weights.T + 3.0, has_bias=True)
    assert np.allclose(fit.weights, weights)
    assert np.allclose(fit.bias(weights), 3.0)


@pytest.mark.parametrize("has_bias", [True, False])
def test_the_moments_are_around_the_mean_where_a_bias_makes_that_good(has_bias: bool) -> None:
    inputs = _RANDOM.normal(size=(300, 4)) + 5
    fit = fitted(np.eye(4), inputs, inputs, has_bias=has_bias)
    around = inputs - inputs.mean(0) * has_bias
    assert np.allclose(fit.moments, around.T @ around)


def _rounded(weights: Reals, inputs: Reals) -> Reals:
    steps = one_step(weights, 1.0)
    found: Codes = fed_back(weights, Coupling(inputs.T @ inputs), steps)
    return found * steps


def test_a_second_layer_makes_good_a_part_of_what_rounding_did_to_the_first() -> None:
    """Two layers with something bent between them; the fit is on some inputs, the error on others."""
    layers = [_RANDOM.normal(size=(_WIDTH, _WIDTH)) / _WIDTH**0.5 for _ in range(2)]
    seen, unseen = (_RANDOM.normal(size=(4000, _WIDTH)) @ _RANDOM.normal(size=(_WIDTH, _WIDTH)) for _ in range(2))
    seen, unseen = (np.asarray(one / one.std()) for one in (seen, unseen))
    first = codes(layers[0], one_step(layers[0], 1.0)) * one_step(layers[0], 1.0)
    right, now = (np.tanh(seen @ one.T) for one in (layers[0], first))
    fit = fitted(layers[1], now, right @ layers[1].T, has_bias=False)
    wanted = np.tanh(unseen @ layers[0].T) @ layers[1].T
    errors = [
        float(((np.tanh(unseen @ first.T) @ _rounded(one, now).T - wanted) ** 2).mean())
        for one in (layers[1], fit.weights)
    ]
    assert errors[1] < 0.95 * errors[0]
