"""Weights as codes and back."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from deadweight.squeezing.rounding.codes import Reals, codes, one_step, row_steps
from deadweight.squeezing.rounding.coupling import DAMPING, Coupling
from deadweight.squeezing.rounding.feedback import STRETCH, WIDEST, fed_back
from deadweight.squeezing.storing.coding import coded, decoded


@settings(max_examples=60, derandomize=True, deadline=None)
@given(arrays(np.int32, st.integers(1, 300), elements=st.integers(-(2**31) + 1, 2**31 - 1)))
def test_any_codes_come_back_as_they_were(found: np.ndarray[tuple[int], np.dtype[np.int32]]) -> None:
    one = coded(found)
    assert np.array_equal(decoded(one, len(found)), found)


def test_codes_of_a_few_values_take_about_their_entropy() -> None:
    """Half of them zero, a quarter each of one and minus one: 1.5 bits each."""
    found = np.random.default_rng(1).choice([0, 0, 1, -1], 1 << 18).astype(np.int32)
    assert 1.5 / 8 <= coded(found).size / len(found) < 1.6 / 8


def test_one_huge_code_does_not_make_all_others_wider() -> None:
    found = np.random.default_rng(1).integers(-3, 4, 1 << 16).astype(np.int32)
    plain = coded(found)
    found[77] = 100_000
    assert coded(found).bits == plain.bits == 4
    assert coded(found).size < plain.size + 100


def test_a_code_is_the_nearest_but_for_the_dead_zone() -> None:
    assert codes(np.array([0.59, 0.61, -0.61, 1.59, 3.7]), 1.0).tolist() == [0, 1, -1, 1, 4]
    assert codes(np.array([0.51, -0.51]), 1.0, dead_zone=0.0).tolist() == [1, -1]


def test_each_row_has_a_step_of_its_own() -> None:
    weights = np.array([[1.0, -1.0], [100.0, -100.0]])
    assert row_steps(weights, 0.5).ravel().tolist() == [0.5, 50.0]
    assert one_step(weights, 0.5).shape == (1, 1)


def test_a_tensor_of_zeros_has_a_step_that_nothing_is_divided_by_zero_with() -> None:
    weights = np.zeros((4, 8))
    assert codes(weights, row_steps(weights, 1.0)).tolist() == weights.tolist()


def test_feedback_makes_a_layers_output_nearer_than_rounding_does() -> None:
    random = np.random.default_rng(3)
    inputs = random.normal(size=(400, 64)) @ random.normal(size=(64, 64))
    weights = random.normal(size=(32, 64))
    steps = one_step(weights, 0.75)
    plain, fed = codes(weights, steps), fed_back(weights, Coupling(inputs.T @ inputs), steps)
    errors = [float(np.linalg.norm(inputs @ (weights - found * steps).T)) for found in (plain, fed)]
    assert errors[1] < 0.75 * errors[0]


def _by_the_paper(weights: Reals, moments: Reals, step: float) -> Reals:
    """GPTQ as it is published (Frantar et al., 2022, algorithm 1): the inverse, and what is left is updated."""
    order = np.argsort(-np.diag(moments), kind="stable")
    damped = moments[np.ix_(order, order)] + DAMPING * np.mean(np.diag(moments)) * np.eye(len(moments))
    upper = np.linalg.cholesky(np.linalg.inv(damped)).T
    left, found = weights[:, order].copy(), np.zeros(weights.shape)
    for column in range(len(moments)):
        found[:, column] = codes(left[:, column], step)
        error = (left[:, column] - found[:, column] * step) / upper[column, column]
        left[:, column:] -= np.outer(error, upper[column, column:])
    return np.asarray(found[:, np.argsort(order)])


def test_feedback_gives_the_codes_of_the_paper() -> None:
    random = np.random.default_rng(11)
    inputs = random.normal(size=(400, 200)) @ random.normal(size=(200, 200))
    weights = random.normal(size=(32, 200))
    found = fed_back(weights, Coupling(inputs.T @ inputs), np.full((1, 1), 0.75))
    assert np.array_equal(found, _by_the_paper(weights, inputs.T @ inputs, 0.75))


def test_stretches_are_rounded_each_as_if_it_were_alone() -> None:
    random = np.random.default_rng(12)
    inputs = random.normal(size=(3, 40, 64)) @ random.normal(size=(3, 64, 64))
    moments = inputs.transpose(0, 2, 1) @ inputs
    weights, steps = random.normal(size=(5, 3 * 64)), np.full((1, 1), 0.6)
    together = fed_back(weights, Coupling(moments), steps)
    alone = [fed_back(weights[:, 64 * at : 64 * at + 64], Coupling(moments[at]), steps) for at in range(3)]
    assert np.array_equal(together, np.concatenate(alone, axis=1))


def test_a_coupling_is_worked_out_once_and_forgets_what_it_is_of() -> None:
    coupling = Coupling(np.eye(4))
    assert coupling.order is coupling.order
    assert coupling.moments is None


def test_feedback_on_inputs_that_are_unrelated_is_rounding() -> None:
    weights = np.random.default_rng(4).normal(size=(8, 16))
    steps = one_step(weights, 0.5)
    assert np.array_equal(fed_back(weights, Coupling(np.eye(16)), steps), codes(weights, steps))


def test_feedback_keeps_a_weight_that_is_a_hundred_times_the_others() -> None:
    weights = np.random.default_rng(5).normal(size=(8, 16))
    weights[3, 5] = 150.0
    steps = np.full((1, 1), 0.75)
    found = fed_back(weights, Coupling(np.eye(16)), steps)
    assert abs(found[3, 5] * 0.75 - 150.0) <= 0.75


def test_an_input_that_is_always_zero_is_no_fault() -> None:
    inputs = np.random.default_rng(6).normal(size=(50, 12))
    inputs[:, 4] = 0.0
    weights = np.random.default_rng(7).normal(size=(3, 12))
    assert np.isfinite(fed_back(weights, Coupling(inputs.T @ inputs), one_step(weights, 0.5))).all()


def test_a_wide_layer_is_taken_in_stretches() -> None:
    width = WIDEST + 100
    weights = np.random.default_rng(8).normal(size=(2, width))
    stretches = -(-width // STRETCH)
    found = fed_back(weights, Coupling(np.stack([np.eye(STRETCH)] * stretches)), np.full((1, 1), 0.5))
    assert np.array_equal(found, codes(weights, np.full((1, 1), 0.5)))


def test_moments_that_rounding_made_impossible_are_damped_until_they_are_not() -> None:
    """Around a large mean, sums in single precision can say that inputs vary by less than nothing."""
    weights = np.random.default_rng(9).normal(size=(4, 6))
    moments = np.diag([1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    moments[0, 1] = moments[1, 0] = 1.08
    found = fed_back(weights, Coupling(moments), one_step(weights, 0.5))
    assert np.isfinite(found).all()
    assert np.abs(found * float(one_step(weights, 0.5)[0, 0]) - weights).max() < 3.0
