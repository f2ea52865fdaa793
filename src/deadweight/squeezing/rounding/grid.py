"""Weights on a grid: each is a whole code times the step of its tensor, its row, or its group of columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deadweight.core.errors import Corrupt
from deadweight.judging.array import Array
from deadweight.squeezing.method import Layer
from deadweight.squeezing.rounding.codes import Codes, Reals, step_dtype
from deadweight.squeezing.storing.coding import LIMITS, Coded, coded, escapes_of, plain_codes
from deadweight.squeezing.storing.dtypes import as_dtype
from deadweight.squeezing.storing.squeezed import Squeezed

FORM = "grid"


def on_grid(layer: Layer, codes: Codes, steps: Reals, group: int = 0) -> Squeezed:
    """The layer as codes (rows, columns) and steps (1, 1), (rows, 1), or (rows, groups) of `group` columns each."""
    packed = coded(codes)
    if len(steps) > 1 and len(steps) != layer.tensor.shape[0]:
        group, steps = codes.shape[1], steps.reshape(layer.tensor.shape[0], -1)
    parts: dict[str, Array] = {
        "codes": np.frombuffer(packed.body, dtype=np.uint8),
        "steps": steps.astype(step_dtype(steps)),
    }
    if packed.escapes:
        parts["escapes"] = np.frombuffer(packed.escapes, dtype=np.uint8)
    return Squeezed(layer.tensor.shape, layer.dtype, FORM, parts, {"bits": packed.bits, "group": group})


def from_grid(one: Squeezed) -> Array:
    """The weights again; raises Corrupt where codes or steps are not as many as the shape says."""
    rows, columns = one.matrix
    group = one.about["group"]
    steps = _steps(one, rows, columns, group)
    flat = plain_codes(_packed(one), one.elements)
    wide = _widened(steps, group, columns)
    values = np.multiply(flat.reshape(rows, columns), wide, dtype=np.float32)
    _put_back(values, one, wide)
    return as_dtype(values.reshape(one.shape), one.dtype)


def _packed(one: Squeezed) -> Coded:
    if one.about["bits"] not in LIMITS:
        raise Corrupt(f"codes of {one.about['bits']} bits are not read")
    escapes = one.parts["escapes"].tobytes() if "escapes" in one.parts else b""
    return Coded(one.about["bits"], one.parts["codes"].tobytes(), escapes)


def _steps(one: Squeezed, rows: int, columns: int, group: int) -> Array:
    steps = one.parts["steps"]
    wanted = {(rows, -(-columns // group))} if group > 0 else {(1, 1), (rows, 1)}
    if group < 0 or steps.dtype.name not in ("float16", "float32") or steps.shape not in wanted:
        raise Corrupt(f"steps of {steps.dtype} {steps.shape} are none of a tensor of {one.shape}")
    if not bool(np.isfinite(steps).all()):
        raise Corrupt("a step is no finite number")
    return steps.astype(np.float32)


def _widened(steps: Array, group: int, columns: int) -> Array:
    """The steps so that they broadcast to (rows, columns)."""
    return np.repeat(steps, group, axis=1)[:, :columns] if group else steps


def _put_back(values: NDArray[np.float32], one: Squeezed, wide: Array) -> None:
    places, codes = escapes_of(_packed(one), one.elements)
    if len(places):
        at = np.unravel_index(places, values.shape)
        values[at] = np.multiply(codes, np.broadcast_to(wide, values.shape)[at], dtype=np.float32)
