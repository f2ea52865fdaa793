"""Writes tensors as safetensors: the same tensors give the same bytes.

Tensors of wide elements come first, then by name, as the format's own writer has it, so that all are aligned. Names
that share the bytes of another stand in the metadata, as `safetensors.torch.save_model` puts them there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from deadweight.core.errors import Unknown
from deadweight.models.readers.safetensors import DTYPES

_NAMES = {ours: theirs for theirs, ours in DTYPES.items()}
DTYPE_NAMES = frozenset(_NAMES)
"""The dtypes that are written."""
_ALIGNMENT = 8


@dataclass(frozen=True, slots=True)
class Body:
    """A tensor to write, and where its bytes come from."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    size: int
    pieces: Callable[[], Iterator[bytes]]


def write(stream: BinaryIO, bodies: Sequence[Body], metadata: Mapping[str, str]) -> None:
    """Write header and tensors; raises Unknown for a dtype that the format has no name for."""
    ordered = sorted(bodies, key=lambda body: (-_width(body), body.name))
    header: dict[str, object] = {"__metadata__": dict(sorted(metadata.items()))} if metadata else {}
    end = 0
    for body in ordered:
        header[body.name] = {
            "dtype": _NAMES[body.dtype],
            "shape": list(body.shape),
            "data_offsets": [end, end + body.size],
        }
        end += body.size
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    text += b" " * (-len(text) % _ALIGNMENT)
    stream.write(len(text).to_bytes(8, "little") + text)
    for body in ordered:
        for piece in body.pieces():
            stream.write(piece)


def _width(body: Body) -> int:
    if body.dtype not in _NAMES:
        raise Unknown(f"safetensors has no name for the dtype {body.dtype}", where=body.name)
    return -(-body.size // max(1, _elements(body.shape)))


def _elements(shape: tuple[int, ...]) -> int:
    whole = 1
    for length in shape:
        whole *= length
    return whole
