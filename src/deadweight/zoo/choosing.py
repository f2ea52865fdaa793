"""How a part is coded: every way is tried on a sample, the best on all of it, and a difference has to be worth it."""

from __future__ import annotations

from dataclasses import dataclass

from deadweight.zoo.coding import PLAIN, PLANES, ZSTD, Form, differences, encode

WORTH = 0.9
"""A difference is stored where it takes less than this share of the bytes without one: a read costs twice."""
_STRETCH = 1 << 16
_STRETCHES = 4
_STEP = 16
"""Samples start at multiples of all widths."""


@dataclass(frozen=True, slots=True)
class Coded:
    """Bytes as they are stored, and how."""

    body: bytes
    form: Form


def coded(body: bytes, width: int, base: bytes | None = None) -> Coded:
    """The bytes in the form that takes least; a difference to the base, of the same size, where that is worth it."""
    alone = _alone(body, width)
    if base is None:
        return _whole(body, alone)
    form = _best(body, base, tuple(differences(width)))
    if _on_sample(body, base, form) >= WORTH * min(_on_sample(body, base, alone), len(_sample(body))):
        return _whole(body, alone)
    made = encode(body, form, base)
    return Coded(made, form) if len(made) < WORTH * len(body) else _whole(body, alone)


def _alone(body: bytes, width: int) -> Form:
    """Planes against the bytes as they stand."""
    return _best(body, b"", (Form(PLANES, width), Form(ZSTD)) if width > 1 else (Form(ZSTD),))


def _best(body: bytes, base: bytes, forms: tuple[Form, ...]) -> Form:
    return min(forms, key=lambda form: _on_sample(body, base, form)) if len(forms) > 1 else forms[0]


def _whole(body: bytes, form: Form) -> Coded:
    """All of it in that form, or as it is where that is no more."""
    made = encode(body, form)
    return Coded(made, form) if len(made) < len(body) else Coded(body, Form(PLAIN))


def _on_sample(body: bytes, base: bytes, form: Form) -> int:
    return len(encode(_sample(body), form, _sample(base)))


def _sample(body: bytes) -> bytes:
    """Up to four stretches of 64 KiB, spread evenly."""
    if len(body) <= _STRETCH * _STRETCHES:
        return body
    step = (len(body) - _STRETCH) // (_STRETCHES - 1) // _STEP * _STEP
    return b"".join(body[start : start + _STRETCH] for start in range(0, step * _STRETCHES, step))
