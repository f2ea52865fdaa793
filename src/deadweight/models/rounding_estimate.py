"""What is likely left of a tensor that is squeezed: the entropy of its codes at a common step, measured on a sample."""

from __future__ import annotations

import struct
from collections import Counter
from math import isfinite, log2, sqrt

from deadweight.core.tensor import Checkpoint, Tensor
from deadweight.models.sampling import sample_of

SMALLEST = 4096
"""Elements below which a tensor is kept in 16 bits an element."""
DEAD_ZONE = 0.1
"""How much further than half a step a weight is from zero to be rounded away from it."""
_READ = {"float32": "f", "float16": "e", "float64": "d"}
_MOST = 1 << 14


def squeezed_share(checkpoint: Checkpoint, tensor: Tensor, step: float) -> float | None:
    """Likely bytes over plain bytes at a step, in shares of the root mean square.

    None for what is no weight, cannot be sampled or holds no finite number.
    """
    if tensor.dtype not in (*_READ, "bfloat16"):
        return None
    if tensor.elements < SMALLEST or len(tensor.shape) < 2:
        return min(1.0, 2 / tensor.width)
    sample = sample_of(checkpoint, tensor, _MOST * tensor.width)
    values = _values(sample, tensor.dtype) if sample else ()
    if not values or not all(map(isfinite, values)):
        return None
    return min(1.0, _entropy(values, step) / (8 * tensor.width))


def _values(sample: bytes, dtype: str) -> tuple[float, ...]:
    if dtype == "bfloat16":
        sample = b"".join(b"\0\0" + sample[at : at + 2] for at in range(0, len(sample), 2))
    form = _READ.get(dtype, "f")
    return struct.unpack(f"<{len(sample) // struct.calcsize(form)}{form}", sample)


def _entropy(values: tuple[float, ...], share: float) -> float:
    """Bits of a code, a row of a step for every 256 of them counted in."""
    step = share * sqrt(sum(value * value for value in values) / len(values)) or 1.0
    codes = Counter(max(0, int(abs(value) / step + 0.5 - DEAD_ZONE)) * (1 if value > 0 else -1) for value in values)
    shares = [count / len(values) for count in codes.values()]
    return -sum(share * log2(share) for share in shares) + 16 / 256
