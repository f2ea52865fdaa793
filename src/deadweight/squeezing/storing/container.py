"""A squeezed model as an ordinary safetensors file: the parts of each tensor, and its recipe in the metadata.

Of a tensor NAME there are `NAME.codes` (bytes under zstd), `NAME.steps` and whatever else its form takes; what is not
squeezed stands together by dtype (see `pooling`), and in files of version 2 under its own name. Any reader of
safetensors opens it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

from deadweight.core.errors import Corrupt
from deadweight.judging.array import Array
from deadweight.squeezing.storing.decoding import weights
from deadweight.squeezing.storing.dtypes import BFLOAT16, FLOATS, KNOWN, as_dtype
from deadweight.squeezing.storing.pooling import Shapes, pooled, shapes_of, unpooled
from deadweight.squeezing.storing.squeezed import Squeezed

KEY = "deadweight"
VERSION = 3
_FIRST = 2
MOST = 1 << 40
"""Elements above which a shape is not believed."""


@dataclass(frozen=True, slots=True)
class SqueezedModel:
    """All tensors of a model, squeezed or `plain`, and how they came to be.

    `dtypes` are the dtypes that plain tensors had, where numpy lacks it or they are kept in a smaller one.
    """

    squeezed: Mapping[str, Squeezed]
    plain: Mapping[str, Array]
    recipe: Mapping[str, Any] = field(default_factory=dict)
    dtypes: Mapping[str, str] = field(default_factory=dict)

    def weights(self) -> dict[str, Array]:
        """Every tensor as the model takes it, by name; bfloat16 as float32."""
        whole = {name: weights(one) for name, one in self.squeezed.items()}
        kept = {name: as_dtype(one, self.dtypes.get(name, one.dtype.name)) for name, one in self.plain.items()}
        return dict(sorted({**whole, **kept}.items()))

    @property
    def words(self) -> dict[str, str]:
        """The dtype of each tensor that numpy lacks the dtype of."""
        said = {**self.dtypes, **{name: one.dtype for name, one in self.squeezed.items()}}
        return {name: dtype for name, dtype in said.items() if dtype == BFLOAT16}

    def stored(self) -> Iterator[tuple[str, Array]]:
        """The tensors that the file holds."""
        for name, one in self.squeezed.items():
            yield from ((f"{name}.{part}", array) for part, array in one.parts.items())
        yield from pooled(self.plain, self.words)

    def metadata(self) -> dict[str, str]:
        """What the file says of itself."""
        tensors = {
            name: {
                "shape": list(one.shape),
                "dtype": one.dtype,
                "form": one.form,
                "parts": sorted(one.parts),
                "about": dict(one.about),
            }
            for name, one in sorted(self.squeezed.items())
        }
        said = {
            "version": VERSION,
            "tensors": tensors,
            "plain": shapes_of(self.plain, self.words),
            "dtypes": {name: dtype for name, dtype in self.dtypes.items() if dtype != BFLOAT16},
            "recipe": dict(self.recipe),
        }
        return {KEY: json.dumps(said, sort_keys=True, separators=(",", ":"))}


def from_stored(stored: Mapping[str, Array], metadata: Mapping[str, str], where: Path) -> SqueezedModel:
    """The model that a file holds; raises Corrupt where it is no squeezed model, or lacks what it says."""
    try:
        said = json.loads(metadata[KEY])
        _check_version(said["version"])
        squeezed = {str(name): _one(name, about, stored) for name, about in said["tensors"].items()}
        parts = {f"{name}.{part}" for name, one in squeezed.items() for part in one.parts}
        own = {name: one for name, one in stored.items() if name not in parts}
        pools = _pools(said["plain"]) if said["version"] == VERSION else {}
        plain = unpooled(pools, own) if said["version"] == VERSION else own
        words = dict.fromkeys(pools.get(BFLOAT16, ()), BFLOAT16)
        return SqueezedModel(squeezed, plain, dict(said["recipe"]), {**_dtypes(said["dtypes"], plain), **words})
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as fault:
        raise Corrupt(
            f"it is no squeezed model ({type(fault).__name__}: {fault})",
            where=str(where),
            advice="deadweight model restore takes what deadweight model squeeze wrote.",
        ) from fault


def _check_version(version: object) -> None:
    if version not in (_FIRST, VERSION):
        raise ValueError(f"its version is {version!r}, and {_FIRST} to {VERSION} are read")


def _pools(said: Mapping[str, Any]) -> Shapes:
    pools = {dtype: {name: _shape(name, shape) for name, shape in shapes.items()} for dtype, shapes in said.items()}
    if len({name for shapes in pools.values() for name in shapes}) != sum(map(len, pools.values())):
        raise ValueError("a tensor stands in two pools")
    return pools


def _shape(name: str, said: Sequence[object]) -> tuple[int, ...]:
    shape = tuple(_whole(one) for one in said)
    if prod(shape) > MOST:
        raise ValueError(f"{name}: the shape {shape}")
    return shape


def _one(name: str, about: Mapping[str, Any], stored: Mapping[str, Array]) -> Squeezed:
    shape = _shape(name, about["shape"])
    if about["dtype"] not in FLOATS:
        raise ValueError(f"{name}: {about['dtype']} of the shape {shape}")
    parts = {str(part): stored[f"{name}.{part}"] for part in about["parts"]}
    return Squeezed(shape, about["dtype"], str(about["form"]), parts, {k: _whole(v) for k, v in about["about"].items()})


def _whole(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(f"{number!r} is no whole number from 0 on")
    return number


def _dtypes(said: Mapping[str, str], plain: Mapping[str, Array]) -> dict[str, str]:
    wrong = [name for name, dtype in said.items() if dtype not in KNOWN or name not in plain]
    if wrong:
        raise ValueError(f"dtypes are said of what is not there, or not known: {', '.join(sorted(wrong)[:5])}")
    return dict(said)
