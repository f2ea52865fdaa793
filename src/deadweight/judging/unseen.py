"""Whether the gate is unseen: no input of it may stand in what the search or the rounding looks at."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence, Set
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from deadweight.core.errors import UsageError

_SHORT = 16


def digest(value: object) -> bytes:
    """16 bytes that are the same for equal inputs: text, numbers, arrays, and what holds them.

    Raises TypeError for what nothing but its address tells apart.
    """
    found = blake2b(digest_size=_SHORT)
    for piece in _pieces(value):
        found.update(piece)
    return found.digest()


def _pieces(value: object) -> Iterator[bytes]:
    if isinstance(value, str | bytes | bool | int | float | None):
        yield repr(value).encode("utf-8", "surrogatepass")
    elif isinstance(value, Mapping):
        yield b"{"
        for name, one in value.items():
            yield from (*_pieces(name), *_pieces(one))
    elif isinstance(value, list | tuple):
        yield f"[{len(value)}:".encode()
        for one in value:
            yield from (*_pieces(one), b",")
    elif hasattr(value, "__array__"):
        yield from _array(np.asarray(value))
    else:
        yield _pickled(value)


def _array(value: np.ndarray[Any, Any]) -> Iterator[bytes]:
    if value.dtype.hasobject:
        yield from _pieces(value.tolist())
        return
    yield f"{value.dtype}{value.shape}".encode()
    yield np.ascontiguousarray(value).tobytes()


def _pickled(value: object) -> bytes:
    try:
        return pickle.dumps(value, protocol=4)
    except (pickle.PicklingError, AttributeError, TypeError) as fault:
        raise TypeError(f"inputs of {type(value).__name__} cannot be told apart") from fault


def check_unseen(gate: Mapping[str, Sequence[Any]], seen: Mapping[str, Sequence[Any]], where: Path) -> None:
    """Raise UsageError where inputs of a task's gate stand in what is looked at before; all tasks at once.

    `gate` is by task; `seen` by the name of what looks at it.
    """
    known = {name: {digest(one) for one in inputs} for name, inputs in seen.items()}
    wrong = [f"the gate of task {task!r}: {said}" for task, inputs in gate.items() for said in _shared(inputs, known)]
    if wrong:
        raise UsageError(
            "; ".join(wrong),
            where=str(where),
            advice="The gate must be unseen: take equal inputs out of one of the two.",
        )


def _shared(inputs: Sequence[Any], known: Mapping[str, Set[bytes]]) -> Iterator[str]:
    own = [digest(one) for one in inputs]
    for name, digests in known.items():
        both = [at for at, one in enumerate(own) if one in digests]
        if both:
            yield f"{len(both):,} of its {len(own):,} inputs also stand in {name}, the first is number {both[0] + 1:,}"
