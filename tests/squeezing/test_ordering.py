"""Slices of a like scale side by side: the order is found, costs little, and is undone."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.squeezing.lossless.chunks import CHUNK
from deadweight.squeezing.lossless.exponents import pack, unpack
from deadweight.squeezing.lossless.ordering import Bytes, Order, order_of

_SHAPES = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)


def _scaled(shape: tuple[int, ...], axis: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Weights whose slices along the axis are of scales that differ by up to a factor of 64."""
    random = np.random.default_rng(1)
    scales = 2.0 ** random.uniform(-6, 0, shape[axis])
    wide = scales.reshape([-1 if place == axis else 1 for place in range(len(shape))])
    return (random.normal(size=shape) * wide).astype(np.float32)


def _exponents(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Bytes:
    return (values.view(np.uint32) >> 23).astype(np.uint8).ravel()


@settings(max_examples=100, derandomize=True, deadline=None)
@given(_SHAPES, st.data())
def test_every_order_is_undone(shape: tuple[int, ...], data: st.DataObject) -> None:
    axis = data.draw(st.integers(0, len(shape) - 1))
    classes = data.draw(st.lists(st.integers(0, 3), min_size=shape[axis], max_size=shape[axis]))
    order = Order(prod(shape[axis + 1 :]), np.array(classes, np.uint8))
    plane = np.random.default_rng(2).integers(0, 256, prod(shape)).astype(np.uint8)
    assert np.array_equal(order.restored(order.sorted(plane)), plane)


def test_slices_of_one_class_lie_side_by_side() -> None:
    order = Order(2, np.array([1, 0, 1], np.uint8))
    plane = np.array([10, 11, 20, 21, 30, 31], np.uint8)
    assert order.sorted(plane).tolist() == [20, 21, 10, 11, 30, 31]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_axis_whose_slices_differ_in_scale_is_found(axis: int) -> None:
    shape = (40, 50, 60)
    order = order_of(_exponents(_scaled(shape, axis)), shape)
    assert order is not None
    assert (len(order.classes), order.inner) == (shape[axis], prod(shape[axis + 1 :]))


def test_weights_of_one_scale_are_left_as_they_lie() -> None:
    values = np.random.default_rng(3).normal(0, 0.02, (256, 256)).astype(np.float32)
    assert order_of(_exponents(values), values.shape) is None


def test_a_vector_has_no_slices() -> None:
    values = np.random.default_rng(3).normal(0, 0.02, 4096).astype(np.float32)
    assert order_of(_exponents(values), values.shape) is None


def test_zeros_among_the_weights_do_not_hide_the_scales() -> None:
    values = _scaled((200, 300), 0)
    values[np.random.default_rng(4).random(values.shape) < 0.01] = 0
    order = order_of(_exponents(values), values.shape)
    assert order is not None
    assert len(order.classes) == 200


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_scales_by_axis_make_the_file_smaller_and_every_bit_comes_back(axis: int) -> None:
    values = _scaled((64, 48, 96), axis)
    body = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    ordered, flat = pack(body, "bfloat16", values.shape), pack(body, "bfloat16")
    assert len(ordered) < (0.94 if axis else 1.01) * len(flat)
    assert unpack(ordered) == body


@pytest.mark.parametrize("shape", [(3, CHUNK // 2 + 5), (2 * CHUNK + 77,), (5, 700, 400), (1, 1, 1200, 1000)])
def test_a_tensor_of_several_chunks_comes_back_whatever_its_shape(shape: tuple[int, ...]) -> None:
    values = _scaled(shape, len(shape) - 1)
    body = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    assert unpack(pack(body, "bfloat16", shape)) == body


def test_a_shape_that_is_not_of_the_elements_is_left_aside() -> None:
    body = np.random.default_rng(5).normal(0, 0.02, 5000).astype(np.float32).tobytes()
    assert pack(body, "float32", (7, 9)) == pack(body, "float32")
