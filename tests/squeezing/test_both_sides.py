"""Rounding with error feedback along inputs and along outputs."""

from __future__ import annotations

import numpy as np
import pytest

from deadweight.squeezing.rounding.both_sides import BLOCK
from deadweight.squeezing.rounding.codes import DEAD_ZONE, Codes, Reals, one_step
from deadweight.squeezing.rounding.coupling import Coupling
from deadweight.squeezing.rounding.feedback import STRETCH, WIDEST, fed_back


def _mixed(width: int, seed: int) -> Reals:
    """The sum of outer products of examples that go together."""
    random = np.random.default_rng(seed)
    examples = random.normal(size=(4 * width, width)) @ random.normal(size=(width, width))
    return np.asarray(examples.T @ examples)


def _cost(errors: Reals, inputs: Reals, outputs: Reals) -> float:
    return float(np.trace(errors.T @ outputs @ errors @ inputs))


def _by_hand(weights: Reals, columns: Reals, rows: Reals) -> Codes:
    """One weight after the other: each makes good the errors above it and to its left."""
    found = np.zeros(weights.shape, np.int32)
    errors, seen = np.zeros_like(weights), np.zeros_like(weights)
    for row in range(len(weights)):
        for column in range(weights.shape[1]):
            wished = weights[row, column] + errors[row, :column] @ columns[:column, column]
            wanted = wished + seen[:row, column] @ rows[:row, row]
            code = np.sign(wanted) * np.floor(abs(wanted) + 0.5 - DEAD_ZONE)
            found[row, column], errors[row, column] = code, weights[row, column] - code
            seen[row, column] = wished - code
    return found


@pytest.mark.parametrize("shape", [(48, 64), (BLOCK + 30, 40), (40, 2 * BLOCK + 7)])
def test_the_answer_is_nearer_than_with_feedback_along_inputs_alone(shape: tuple[int, int]) -> None:
    weights = np.random.default_rng(1).normal(size=shape)
    inputs, outputs, steps = _mixed(shape[1], 2), _mixed(shape[0], 3), one_step(weights, 0.6)
    alone = fed_back(weights, Coupling(inputs), steps)
    both = fed_back(weights, Coupling(inputs), steps, Coupling(outputs))
    costs = [_cost(weights - found * steps, inputs, outputs) for found in (alone, both)]
    assert costs[1] < 0.8 * costs[0]


def test_outputs_that_do_not_go_together_leave_feedback_along_inputs() -> None:
    """The rows may go in another order, and so may sums: a code at the edge of two may be the other one."""
    weights, steps = np.random.default_rng(4).normal(size=(50, 60)), np.array([[0.5]])
    inputs = _mixed(60, 5)
    alone = fed_back(weights, Coupling(inputs), steps)
    both = fed_back(weights, Coupling(inputs), steps, Coupling(np.eye(50)))
    assert np.mean(alone == both) > 0.999


def test_blocks_and_diagonals_give_what_one_weight_after_the_other_gives() -> None:
    weights = np.random.default_rng(6).normal(size=(BLOCK + 12, BLOCK + 9))
    inputs, outputs = Coupling(_mixed(BLOCK + 9, 7)), Coupling(_mixed(BLOCK + 12, 8))
    steps = np.array([[0.7]])
    found = fed_back(weights, inputs, steps, outputs)
    rows, columns = outputs.order.columns[0], inputs.order.columns[0]
    ordered = (weights / steps)[np.ix_(rows, columns)]
    wanted = _by_hand(ordered, inputs.order.carried[0], outputs.order.carried[0])
    assert np.mean(found[np.ix_(rows, columns)] == wanted) > 0.999


def test_no_error_is_larger_than_half_a_step_and_the_dead_zone_where_it_is_seen() -> None:
    weights, steps = np.random.default_rng(9).normal(size=(70, 120)), np.array([[0.4]])
    inputs, outputs = Coupling(_mixed(120, 10)), Coupling(_mixed(70, 11))
    errors = weights / steps - fed_back(weights, inputs, steps, outputs)
    ordered = errors[np.ix_(outputs.order.columns[0], inputs.order.columns[0])]
    seen = outputs.order.carried[0].T @ ordered @ inputs.order.carried[0]
    assert np.abs(seen).max() <= 0.5 + DEAD_ZONE + 1e-9


def test_wide_layers_are_taken_in_stretches_of_which_none_knows_of_another() -> None:
    width = WIDEST + STRETCH
    weights, steps = np.random.default_rng(12).normal(size=(20, width)), np.array([[0.5]])
    parts = np.stack([_mixed(STRETCH, seed) for seed in (13, 14, 15)])
    outputs = _mixed(20, 16)
    whole = fed_back(weights, Coupling(parts), steps, Coupling(outputs))
    first = fed_back(weights[:, :STRETCH], Coupling(parts[0]), steps, Coupling(outputs))
    assert np.mean(whole[:, :STRETCH] == first) > 0.999


def test_more_damping_carries_less_on() -> None:
    outputs = _mixed(30, 17)
    carried = [np.abs(np.triu(Coupling(outputs, damping).order.carried[0], 1)).sum() for damping in (0.01, 1.0)]
    assert carried[1] < 0.5 * carried[0]
