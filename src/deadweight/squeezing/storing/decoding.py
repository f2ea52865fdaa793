"""Weights of what is stored, by its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deadweight.core.errors import Corrupt
from deadweight.judging.array import Array
from deadweight.squeezing.lossless import exact
from deadweight.squeezing.rounding import grid
from deadweight.squeezing.storing.squeezed import Squeezed

_FORMS: Mapping[str, Callable[[Squeezed], Array]] = {
    grid.FORM: grid.from_grid,
    exact.FORM: exact.from_exponents,
}


def weights(one: Squeezed) -> Array:
    """The weights that it stands for, bfloat16 as float32; raises Corrupt where it does not hold what it says."""
    if one.form not in _FORMS:
        raise Corrupt(f"the form {one.form!r} is not read")
    try:
        return _FORMS[one.form](one)
    except (KeyError, ValueError, TypeError) as fault:
        raise Corrupt(f"it lacks what its form takes ({type(fault).__name__}: {fault})") from fault
