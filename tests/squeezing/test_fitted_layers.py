"""Which calibration inputs linear layers are fitted to, one after another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deadweight.squeezing.rounding.fitted_layers import MOST, NUMBERS, spread


def test_all_inputs_go_side_by_side_where_there_are_few_and_they_are_small() -> None:
    assert list(spread(range(40), 32, 32 * 100)) == list(range(40))


def test_many_inputs_are_evenly_spread() -> None:
    assert list(spread(range(10 * MOST), 32, 32)) == list(range(0, 10 * MOST, 10))


def test_inputs_that_make_many_numbers_are_fewer_and_never_less_than_a_batch() -> None:
    each = NUMBERS // 100
    assert len(spread(range(5000), 8, 8 * each)) == 100
    assert len(spread(range(5000), 8, 8 * NUMBERS)) == 8


@given(st.integers(1, 5000), st.sampled_from((1, 8, 32)), st.integers(0, 1 << 40))
def test_inputs_keep_their_order_and_none_comes_twice(count: int, size: int, numbers: int) -> None:
    found = list(spread(range(count), size, numbers))
    assert found == sorted(set(found))
    assert 1 <= len(found) <= min(count, MOST)
    assert found[0] == 0
