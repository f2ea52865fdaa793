"""What each output of a convolution of an ONNX graph sees of its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deadweight.judging.array import Array

if TYPE_CHECKING:
    from onnx import NodeProto

MOST = 4096
"""Outputs of one run that are looked at, evenly spread."""
_AT_ONCE = 1 << 25
"""Elements of the patches of one run."""


def patches(node: NodeProto, inputs: Array, weight: tuple[int, ...]) -> NDArray[np.float32]:
    """(outputs, columns), columns in the order of the weights: channels, then the places of the window."""
    said = {one.name: list(one.ints) for one in node.attribute}
    auto = next((one.s.decode() for one in node.attribute if one.name == "auto_pad"), "NOTSET")
    window = weight[2:]
    steps, apart = (said.get(name, [1] * len(window)) for name in ("strides", "dilations"))
    reach = [far * (size - 1) + 1 for far, size in zip(apart, window, strict=True)]
    ends = _ends(auto, said.get("pads", []), (inputs.shape[2:], reach, steps))
    held = np.pad(inputs.astype(np.float32), [(0, 0), (0, 0), *ends])
    axes = tuple(range(2, held.ndim))
    views = np.lib.stride_tricks.sliding_window_view(held, tuple(reach), axes)
    every = (slice(None), slice(None), *(slice(None, None, one) for one in (*steps, *apart)))
    seen = np.moveaxis(views[every], 1, len(axes) + 1)
    places, columns = seen.shape[: len(axes) + 1], prod(weight[1:])
    stride = -(-prod(places) // max(1, min(MOST, _AT_ONCE // columns)))
    chosen = np.unravel_index(np.arange(0, prod(places), stride), places)
    return np.asarray(seen[chosen].reshape(-1, columns), dtype=np.float32)


def _ends(
    auto: str, pads: Sequence[int], sizes: tuple[Sequence[int], Sequence[int], Sequence[int]]
) -> list[tuple[int, int]]:
    """How much is added before and after each axis (ONNX, Conv: auto_pad)."""
    lengths, reach, steps = sizes
    count = len(lengths)
    if auto.startswith("SAME"):
        whole = [
            max(0, (-(-size // step) - 1) * step + far - size)
            for size, far, step in zip(lengths, reach, steps, strict=True)
        ]
        halves = [(one // 2, one - one // 2) for one in whole]
        return halves if auto == "SAME_UPPER" else [(after, before) for before, after in halves]
    return list(zip(pads[:count], pads[count:], strict=True)) if pads else [(0, 0)] * count
