"""Which smaller dtype holds every element, held against numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from deadweight.core.tensor import Tensor
from deadweight.models.looks import look

_WORDS = arrays(np.uint32, st.integers(1, 40), elements=st.integers(0, 2**32 - 1))


def _fits(values: np.ndarray[tuple[int], np.dtype[np.float32]]) -> str:
    tensor = Tensor("one", "float32", values.shape, values.nbytes, 0)
    return look(tensor, [values.astype("<f4").tobytes()]).fits


def _is_half(values: np.ndarray[tuple[int], np.dtype[np.float32]]) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):
        back = values.astype(np.float16).astype(np.float32)
    return values.tobytes() == back.tobytes()


@settings(max_examples=300, derandomize=True, deadline=None)
@given(_WORDS, st.sampled_from((0, 13, 16, 20)))
def test_float16_is_told_where_each_element_comes_back_bit_by_bit(
    words: np.ndarray[tuple[int], np.dtype[np.uint32]], cleared: int
) -> None:
    values = (words >> np.uint32(cleared) << np.uint32(cleared)).view(np.float32)
    values = values[~np.isnan(values)]
    if values.size:
        is_bfloat16 = bool((values.view(np.uint32) & 0xFFFF == 0).all())
        assert _fits(values) == ("bfloat16" if is_bfloat16 else "float16" if _is_half(values) else "")


@pytest.mark.parametrize("exponent", [*range(98, 118), *range(136, 146), 0, 254, 255])
def test_every_exponent_at_the_edges_of_float16_is_told_as_numpy_tells_it(exponent: int) -> None:
    mantissas = np.array([0, 1 << 13, 3 << 13, 0x3FF << 13, 1 << 22], np.uint32)
    for sign in (0, 1):
        words = (np.uint32(sign) << np.uint32(31)) | (np.uint32(exponent) << np.uint32(23)) | mantissas
        for word in words.view(np.float32):
            values = np.array([word, 1 + 2.0**-10], np.float32)
            if not np.isnan(word):
                assert _fits(values) == ("float16" if _is_half(values) else ""), (exponent, word)
