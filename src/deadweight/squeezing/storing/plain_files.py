"""The plain weights that a squeezed model stands for, as a file of any form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from deadweight.core.tensor import Step
from deadweight.formats.output import whole_file
from deadweight.judging.array import Array
from deadweight.models.bfloat16 import words_of
from deadweight.models.forms import Content, Form
from deadweight.models.writing_safetensors import Body
from deadweight.squeezing.storing.container import SqueezedModel


def write_plain(model: SqueezedModel, out: Path, form: Form) -> None:
    """Write every tensor under its name, in its dtype; raises UsageError for a form that lacks one."""
    weights, words = model.weights(), model.words
    bodies = [_body(name, one, words.get(name, "")) for name, one in weights.items()]
    form.check(((body.name, body.dtype) for body in bodies), str(out))
    paths: dict[tuple[Step, ...], int] = {(name,): at for at, name in enumerate(weights)}
    with whole_file(out) as stream:
        form.write(stream, Content(bodies, paths, metadata={"format": "pt"}))


def _body(name: str, one: Array, word: str) -> Body:
    held: Array = words_of(one) if word else one

    def pieces() -> Iterator[bytes]:
        yield np.ascontiguousarray(held).astype(held.dtype.newbyteorder("<")).tobytes()

    return Body(name, word or one.dtype.name, one.shape, held.nbytes, pieces)
