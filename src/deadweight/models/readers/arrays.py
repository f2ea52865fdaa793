"""Arrays of numpy: how their headers and pickles name a dtype, and how an array of a pickle is told."""

from __future__ import annotations

from deadweight.core.errors import Corrupt
from deadweight.models.pickles.values import Made

_KINDS = {"f": "float", "i": "int", "u": "uint", "c": "complex", "b": "bool"}
OBJECT = "object"


def dtype_named(text: str) -> tuple[str, str, int]:
    """Our name for a dtype, its byte order and the bytes of an element; `object` for one that holds pickles.

    Text, times and structures keep numpy's own name; raises Corrupt where there is no size in it.
    """
    order = "big" if text[:1] == ">" else "little"
    code = text.lstrip("<>=|")
    if code[:1] == "O":
        return OBJECT, order, 0
    if code[:1] == "?":
        return "bool", order, 1
    digits = code[1:].partition("[")[0]
    if not digits.isdigit():
        raise Corrupt(f"{text[:80]!r} is no dtype of numpy")
    width = int(digits) * (4 if code[:1] == "U" else 1)
    kind = _KINDS.get(code[:1])
    return (("bool" if kind == "bool" else f"{kind}{8 * width}") if kind else code), order, width


def pickled_dtype(value: object) -> tuple[str, str, int]:
    """The same for a dtype that a pickle makes: `numpy.dtype('f4')` with its byte order in the state."""
    if not isinstance(value, Made) or not value.calls("numpy.dtype") or not value.given:
        raise Corrupt("an array without a dtype")
    code = value.given[0]
    order = value.state[1] if isinstance(value.state, tuple) and len(value.state) > 1 else "<"
    return dtype_named(f"{order}{code}")
