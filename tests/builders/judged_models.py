"""A model of one product, and a task in numpy that judges it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from builders.models import safetensors

ROWS, COLUMNS = 600, 500


def product() -> bytes:
    """The weights of the product, 1.2 MB, as safetensors."""
    weights = np.random.default_rng(5).normal(0, 1, (ROWS, COLUMNS)).astype(np.float32)
    with TemporaryDirectory() as folder:
        return safetensors(Path(folder, "a"), {"w": ("F32", (ROWS, COLUMNS), weights.tobytes())}).read_bytes()


TASK = f"""
import numpy as np

SIGNS = np.random.default_rng(5).normal(0, 1, ({ROWS}, {COLUMNS})).astype(np.float32)
STRICT = %s


def inputs(seed, count):
    return list(np.random.default_rng(seed).normal(0, 1, (count, {ROWS})).astype(np.float32))


def build(weights):
    return weights["w"]


def predict(model, given):
    return np.stack(given) @ model


def near(rows, labels):
    right = np.stack(labels)
    far = np.abs(rows - right).max(axis=1)
    return float(np.mean(far <= STRICT))


def tasks():
    parts = {{}}
    for seed, part in enumerate(("development", "gate")):
        given = inputs(seed + 1, 100)
        parts[part] = (given, list(np.stack(given) @ SIGNS))
    return {{"near": {{**parts, "metric": near}}}}


def calibration():
    return inputs(9, 8)
"""
"""`%s` is how far an answer may be from the right one."""
