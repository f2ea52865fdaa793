"""The rung of lossless coding: every tensor coded, decoded and compared, as it is and rounded to bfloat16."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from model_ladder import Ladder, Line
from model_packages import DATA, FILES

from deadweight.core.tensor import Checkpoint, is_row_major
from deadweight.models.bodies import elements
from deadweight.models.reading import read
from deadweight.squeezing.exponents import pack, unpack

CODED = ("MiniLM", "EfficientNet-Lite0", "EasyOCR english_g2", "Resemblyzer", "CREPE full", "CREPE tiny")


@dataclass(slots=True)
class Coded:
    """Bytes before and after, and the CPU seconds there and back."""

    before: int = 0
    after: int = 0
    there: float = 0.0
    back: float = 0.0
    is_exact: bool = True

    def add(self, body: bytes, dtype: str) -> None:
        """Code a tensor, decode it, and compare."""
        since = time.process_time()
        packed = pack(body, dtype)
        between = time.process_time()
        again = unpack(packed, len(body))
        self.back += time.process_time() - between
        self.there += between - since
        self.is_exact &= again == body
        self.before, self.after = self.before + len(body), self.after + len(packed)

    def line(self, model: str) -> Line:
        """What it came to."""
        speeds = f"{self.before / self.there / 1e6:.0f} MB/s there, {self.before / self.back / 1e6:.0f} back"
        verdict = "bit-exact" if self.is_exact else "failed: not what it was"
        return Line("lossless", model, self.before, self.after, self.there + self.back, verdict, speeds)


def lossless(ladder: Ladder, model: str) -> None:
    """All tensors of a file, each stretch of bytes once."""
    as_it_is, halves = Coded(), Coded()
    for body, dtype in bodies(read(DATA / FILES[model])):
        as_it_is.add(body, dtype)
        if dtype == "float32":
            halves.add(rounded(body), "bfloat16")
    ladder.keep(as_it_is.line(model))
    ladder.keep(halves.line(f"{model}, bfloat16"))


def rounded(body: bytes) -> bytes:
    """float32 as the nearest bfloat16, ties to even."""
    words = np.frombuffer(body, dtype="<u4")
    return bytes(((words + 0x7FFF + (words >> 16 & 1)) >> 16).astype("<u2"))


def bodies(checkpoint: Checkpoint) -> Iterator[tuple[bytes, str]]:
    """The bytes of every tensor and its dtype, each stretch once; strides that leave holes are gathered."""
    seen = set()
    for tensor in checkpoint.tensors:
        place = (tensor.storage, tensor.offset)
        if tensor.size and place not in seen:
            seen.add(place)
            assert is_row_major(tensor.shape, tensor.strides) or tensor.width
            yield b"".join(elements(checkpoint, tensor)), tensor.dtype
