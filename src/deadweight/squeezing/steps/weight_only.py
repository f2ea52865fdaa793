"""The weights of any checkpoint as codes of eight or four bits, without a task."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from deadweight.core.errors import ProofFailed, UsageError
from deadweight.formats.output import put_in_place, refuse_inside, scratch_directory
from deadweight.squeezing.method import Choice, Kind, chosen
from deadweight.squeezing.squeezing import Weights, is_large, not_finite, squeezed
from deadweight.squeezing.storing.container import SqueezedModel
from deadweight.squeezing.storing.files import squeezed_model, stored_of, write_model


def quantise_weights(path: Path, out: Path, bits: int, group: int) -> SqueezedModel:
    """Write the file of codes, read back before it gets its name; `deadweight model restore` gives plain weights.

    Raises UsageError where no tensor is large enough.
    """
    stored = stored_of(path)
    wild = set(not_finite(stored.tensors))
    kinds = {name: Kind.LAYER for name, one in stored.tensors.items() if is_large(one) and name not in wild}
    if not kinds:
        raise UsageError(
            "no tensor of floating point has two axes and 4,096 elements", where=str(path), advice="Leave it as it is."
        )
    (method,) = chosen((f"int{bits}",))
    factor = float(group) if len(method.factors) > 1 else method.factors[0]
    made = squeezed(Weights(stored.tensors, kinds, dtypes=stored.dtypes), Choice(method, factor))
    refuse_inside(out, path)
    with scratch_directory(out) as folder:
        written = folder / out.name
        with written.open("xb") as stream:
            write_model(stream, made)
        _check(written, made)
        put_in_place(written, out)
    return made


def _check(written: Path, made: SqueezedModel) -> None:
    back, wanted = squeezed_model(written).weights(), made.weights()
    if back.keys() != wanted.keys() or not all(np.array_equal(back[name], wanted[name]) for name in wanted):
        raise ProofFailed("the file does not read back as it was made", where=str(written))
