"""Steps of uniform rounding, by what a tensor is."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from deadweight.squeezing.method import Kind, Layer
from deadweight.squeezing.methods.uniform import by_lookups, uniform_steps

_WEIGHTS = np.random.default_rng(31).normal(size=(64, 80)).astype(np.float32)
_COUNTS = np.array([10_000, 100] + [0] * 62)


def test_a_layer_has_one_step_and_tables_and_gates_have_one_for_each_row() -> None:
    shapes = {kind: uniform_steps(Layer(_WEIGHTS, "float32", kind), 1.0).shape for kind in Kind}
    assert shapes == {Kind.LAYER: (1, 1), Kind.TABLE: (64, 1), Kind.GATES: (64, 1), Kind.DEPTHWISE: (64, 1)}


def test_steps_grow_with_the_factor_and_with_what_the_layer_bears() -> None:
    base, coarse, share = (
        float(uniform_steps(Layer(_WEIGHTS, "float32", share=bears), factor)[0, 0])
        for factor, bears in ((1.0, 1.0), (2.0, 1.0), (1.0, 1.5))
    )
    assert coarse / base == np.float64(2.0)
    assert abs(share / base - 1.5) < 0.01


def test_rows_that_are_looked_up_more_have_finer_steps() -> None:
    plain = uniform_steps(Layer(_WEIGHTS, "float32", Kind.TABLE), 1.0).ravel()
    steps = uniform_steps(Layer(_WEIGHTS, "float32", Kind.TABLE, lookups=_COUNTS), 1.0).ravel()
    ratios = steps / plain
    assert max(ratios[:2]) < 0.61
    assert min(ratios[2:]) > 1.0
    assert np.ptp(ratios[2:]) < 0.01


@settings(max_examples=60, derandomize=True, deadline=None)
@given(arrays(np.int64, st.integers(1, 200), elements=st.integers(0, 10**12)))
def test_whatever_was_looked_up_no_row_is_much_finer_or_coarser(
    counts: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> None:
    factors = by_lookups(counts)
    assert factors.shape == (len(counts), 1)
    assert ((factors >= 0.6) & (factors <= 2.0)).all()
    order = np.argsort(counts, kind="stable")
    assert (np.diff(factors.ravel()[order]) <= 1e-12).all()


def test_a_table_whose_rows_are_looked_up_alike_has_plain_steps() -> None:
    assert np.allclose(by_lookups(np.full(9, 7)), 1.0)
