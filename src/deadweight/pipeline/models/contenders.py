"""What a file is that is held against another: its bytes, and its form."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from deadweight.core.comparison import Contender
from deadweight.core.errors import Unknown
from deadweight.models.reading import read
from deadweight.squeezing.storing.container import KEY


def contender(path: Path) -> Contender:
    """The file with its bytes, and its form: what most of its bytes are."""
    try:
        checkpoint = read(path)
    except Unknown:
        return Contender(str(path), path.suffix.removeprefix("."), path.stat().st_size)
    if KEY in checkpoint.metadata:
        return Contender(str(path), f"squeezed {checkpoint.format}", checkpoint.size)
    dtypes: Counter[str] = Counter()
    for tensor in checkpoint.tensors:
        dtypes[tensor.dtype] += tensor.size
    dtype = dtypes.most_common(1)[0][0] if dtypes else ""
    return Contender(str(path), f"{checkpoint.format} {dtype}".rstrip(), checkpoint.size)
