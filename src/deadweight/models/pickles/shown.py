"""A value of a walked pickle as short text, for a person."""

from __future__ import annotations

from deadweight.models.pickles.opcodes import Blob
from deadweight.models.pickles.values import Items, Made, Name, Pairs, Persistent

MOST = 200


def shown(value: object, depth: int = 3) -> str:
    """The value as source would write it, clipped; what is nested deeper than `depth` is `…`."""
    text = _shown(value, depth)
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"


def _shown(value: object, depth: int) -> str:
    if depth < 0:
        return "…"
    if isinstance(value, (str, bytes)):
        return repr(value[:80]) + ("…" if len(value) > 80 else "")
    if isinstance(value, (list, tuple)):
        inside = ", ".join(_shown(one, depth - 1) for one in value[:8]) + (", …" if len(value) > 8 else "")
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    return _shown_stand_in(value, depth)


def _shown_stand_in(value: object, depth: int) -> str:
    if isinstance(value, Made):
        arguments = _shown(value.arguments, depth - 1)
        return f"{_shown(value.callee, depth - 1)}{arguments if arguments.startswith('(') else f'({arguments})'}"
    if isinstance(value, Pairs):
        return f"{{{len(value.pairs)} items}}"
    if isinstance(value, Items):
        return f"{{{len(value.items)} items}}"
    if isinstance(value, Blob):
        return _shown(value.body, depth) if value.body or not value.length else f"<{value.length} bytes>"
    if isinstance(value, Persistent):
        return f"<persistent {_shown(value.identity, depth - 1)}>"
    return str(value) if isinstance(value, Name) else repr(value)
