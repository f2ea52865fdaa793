"""A squeezed model as an ordinary safetensors file: codes and steps as tensors, the recipe in its metadata.

Of a tensor NAME there are `NAME.codes` (bytes under zstd), `NAME.steps` (float16) and, where some codes take more bits,
`NAME.escapes`; what is not squeezed stands under its own name. Any reader of safetensors opens it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deadweight.core.errors import Corrupt
from deadweight.judging.array import Array
from deadweight.squeezing.coding import Coded, decoded

KEY = "deadweight"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Squeezed:
    """One squeezed tensor: codes, and the steps (rows, 1) or (1, 1) that they count; rows are along the first axis."""

    shape: tuple[int, ...]
    dtype: str
    codes: Coded
    steps: NDArray[np.float16]

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return self.codes.size + self.steps.nbytes

    def weights(self) -> Array:
        """The weights that it stands for."""
        count = int(np.prod(self.shape, dtype=np.int64))
        rows = decoded(self.codes, count).reshape(self.shape[0] if self.shape else 1, -1)
        values = rows * self.steps.astype(np.float32)
        return values.reshape(self.shape).astype(self.dtype)


@dataclass(frozen=True, slots=True)
class SqueezedModel:
    """All tensors of a model, squeezed or `plain`, and how they came to be."""

    squeezed: Mapping[str, Squeezed]
    plain: Mapping[str, Array]
    recipe: Mapping[str, Any] = field(default_factory=dict)
    dtypes: Mapping[str, str] = field(default_factory=dict)
    """The dtype that a plain tensor had, where it is kept in a smaller one."""

    def weights(self) -> dict[str, Array]:
        """Every tensor as the model takes it, by name."""
        whole = {name: one.weights() for name, one in self.squeezed.items()}
        kept = {name: one.astype(self.dtypes.get(name, one.dtype.name)) for name, one in self.plain.items()}
        return dict(sorted({**whole, **kept}.items()))

    def stored(self) -> Iterator[tuple[str, Array]]:
        """The tensors that the file holds."""
        for name, one in self.squeezed.items():
            yield f"{name}.codes", np.frombuffer(one.codes.body, dtype=np.uint8)
            yield f"{name}.steps", one.steps
            if one.codes.escapes:
                yield f"{name}.escapes", np.frombuffer(one.codes.escapes, dtype=np.uint8)
        yield from self.plain.items()

    def metadata(self) -> dict[str, str]:
        """What the file says of itself."""
        tensors = {
            name: {"shape": list(one.shape), "dtype": one.dtype, "bits": one.codes.bits}
            for name, one in sorted(self.squeezed.items())
        }
        said = {"version": VERSION, "tensors": tensors, "dtypes": dict(self.dtypes), "recipe": dict(self.recipe)}
        return {KEY: json.dumps(said, sort_keys=True)}


def from_stored(stored: Mapping[str, Array], metadata: Mapping[str, str], where: Path) -> SqueezedModel:
    """The model that a file holds; raises Corrupt where it is no squeezed model, or lacks what it says."""
    try:
        said = json.loads(metadata[KEY])
        tensors = said["tensors"]
        squeezed = {name: _one(name, about, stored) for name, about in tensors.items()}
    except (KeyError, ValueError, TypeError, AttributeError) as fault:
        raise Corrupt(
            f"it is no squeezed model ({type(fault).__name__}: {fault})",
            where=str(where),
            advice="deadweight model restore takes what deadweight model squeeze wrote.",
        ) from fault
    parts = {f"{name}.{part}" for name in tensors for part in ("codes", "steps", "escapes")}
    plain = {name: one for name, one in stored.items() if name not in parts}
    return SqueezedModel(squeezed, plain, said.get("recipe", {}), said.get("dtypes", {}))


def _one(name: str, about: Mapping[str, Any], stored: Mapping[str, Array]) -> Squeezed:
    escapes = stored[f"{name}.escapes"].tobytes() if f"{name}.escapes" in stored else b""
    codes = Coded(int(about["bits"]), stored[f"{name}.codes"].tobytes(), escapes)
    steps = stored[f"{name}.steps"].astype(np.float16).reshape(-1, 1)
    return Squeezed(tuple(map(int, about["shape"])), str(about["dtype"]), codes, steps)
