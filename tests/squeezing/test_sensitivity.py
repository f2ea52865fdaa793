"""How coarse each layer may be, by what rounding it alone costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from deadweight.judging.array import Array
from deadweight.judging.task import Program
from deadweight.squeezing.calibration.moments import Calibration
from deadweight.squeezing.method import Choice, chosen
from deadweight.squeezing.rounding.sensitivity import COARSEST, FINEST, shares
from deadweight.squeezing.squeezing import Weights, kinds_of

_WIDTH = 64
_INPUTS = list(np.random.default_rng(7).normal(size=(40, _WIDTH)))
(_FEEDBACK,) = chosen(("feedback",))


def _tensors() -> dict[str, Array]:
    random = np.random.default_rng(8)
    shape = (_WIDTH, _WIDTH)
    made: dict[str, Array] = {name: random.normal(size=shape).astype(np.float32) for name in ("steady", "lively")}
    made["bias"] = np.zeros(_WIDTH, np.float32)
    return made


def _both(tensors: Mapping[str, Array], inputs: Sequence[Array]) -> Array:
    """One layer is given the same each time, which its bias can make good; the other one the inputs."""
    steady, lively = (np.asarray(tensors[name], dtype=np.float64) for name in ("steady", "lively"))
    common = steady @ np.ones(_WIDTH) + np.asarray(tensors["bias"], dtype=np.float64)
    return np.asarray([common + lively @ np.asarray(one, dtype=np.float64) for one in inputs])


def _weights() -> Weights:
    tensors, found = _tensors(), Calibration()
    found.layer("steady", "bias").add(np.ones((40, _WIDTH)) + 0.01 * np.array(_INPUTS))
    found.layer("lively").add(np.array(_INPUTS))
    return Weights(tensors, kinds_of(tensors, set(), set()), found)


def test_a_layer_whose_bias_makes_its_rounding_good_may_be_coarser() -> None:
    program = Program(dict, _both, _INPUTS, ())
    found = shares(_weights(), program, Choice(_FEEDBACK))
    assert found.keys() == {"steady", "lively"}
    assert FINEST <= found["lively"] < 1 < found["steady"] <= COARSEST


def test_a_layer_that_nothing_of_comes_out_is_coarse_and_says_nothing_of_others() -> None:
    weights, program = _weights(), Program(dict, _both, _INPUTS, ())
    idle = {**weights.tensors, "idle": weights.tensors["lively"]}
    more = Weights(idle, kinds_of(idle, set(), set()), weights.calibration)
    found = shares(more, program, Choice(_FEEDBACK))
    assert found == {**shares(weights, program, Choice(_FEEDBACK)), "idle": COARSEST}


def test_answers_that_are_no_numbers_say_nothing_of_layers() -> None:
    program = Program(dict, lambda _, inputs: np.array(["yes"] * len(inputs)), _INPUTS, ())
    assert shares(_weights(), program, Choice(_FEEDBACK)) == {}
