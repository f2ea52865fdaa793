"""The rung of lossless coding: all tensors of a file coded, decoded and compared, as they are and in bfloat16.

The size is that of the whole file, its heads and its recipe too; before it, of the tensors alone. Speed is that of the
coder, the best of several rounds in CPU time of one thread, without files being written and read.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from model_ladder import Ladder, Line
from model_packages import DATA, FILES

from deadweight.judging.array import Array
from deadweight.models.reading import read
from deadweight.squeezing.method import Choice, methods
from deadweight.squeezing.squeezing import Weights, squeezed
from deadweight.squeezing.storing.container import SqueezedModel, from_stored
from deadweight.squeezing.storing.dtypes import BFLOAT16, as_dtype
from deadweight.squeezing.storing.files import squeezed_model, stored_of, write_checked

CODED = ("MiniLM", "EfficientNet-Lite0", "EasyOCR english_g2", "Resemblyzer", "CREPE full", "CREPE tiny")
_ROUNDS, _SECONDS = 200, 4.0
"""Of both ways, as long as they take no more CPU time together than that."""


@dataclass(frozen=True, slots=True)
class Coded:
    """Bytes before and after, the least CPU seconds there and back, and whether every bit came back."""

    before: int
    after: int
    there: float
    back: float
    is_exact: bool

    def line(self, model: str) -> Line:
        """What it came to."""
        speeds = f"{self.before / self.there / 1e6:.0f} MB/s there, {self.before / self.back / 1e6:.0f} back"
        verdict = "bit-exact" if self.is_exact else "failed: not what it was"
        return Line("lossless", model, self.before, self.after, self.there + self.back, verdict, speeds)


@dataclass(slots=True)
class Clock:
    """The least CPU seconds of several rounds of one thing."""

    least: float = field(default=float("inf"))
    since: float = 0.0

    def __enter__(self) -> None:
        self.since = time.process_time()

    def __exit__(self, *_: object) -> None:
        self.least = min(self.least, time.process_time() - self.since)


def lossless(ladder: Ladder, model: str) -> None:
    """All tensors of a file, each stretch of bytes once; then what of it is float32 as bfloat16."""
    tensors = once(DATA / FILES[model])
    ladder.keep(coded(Weights(tensors, {})).line(model))
    halves = {name: as_dtype(one, BFLOAT16) for name, one in tensors.items() if one.dtype.name == "float32"}
    ladder.keep(coded(Weights(halves, {}, dtypes=dict.fromkeys(halves, BFLOAT16))).line(f"{model}, bfloat16"))


def coded(weights: Weights) -> Coded:
    """The tensors coded and decoded again, several times."""
    there, back, choice = Clock(), Clock(), Choice(methods()["lossless"])
    since, rounds = time.process_time(), 0
    while not rounds or (rounds < _ROUNDS and time.process_time() - since < _SECONDS):
        rounds += 1
        with there:
            model = squeezed(weights, choice)
            stored, said = dict(model.stored()), model.metadata()
        with back:
            from_stored(stored, said, Path("memory")).weights()
    with TemporaryDirectory() as folder:
        out = Path(folder, "model.safetensors")
        after = write_checked(out, model)
        is_exact = same(weights, squeezed_model(out))
    return Coded(size_of(weights), after, there.least, back.least, is_exact)


def same(weights: Weights, model: SqueezedModel) -> bool:
    """Whether the model holds the tensors bit by bit, in their dtypes and shapes."""
    found = model.weights()
    are_all = found.keys() == weights.tensors.keys() and dict(model.words) == dict(weights.dtypes)
    return are_all and all(
        (one.dtype, one.shape, one.tobytes()) == (found[name].dtype, found[name].shape, found[name].tobytes())
        for name, one in weights.tensors.items()
    )


def size_of(weights: Weights) -> int:
    """Bytes of the tensors, those of bfloat16 two each."""
    return sum(one.size * (2 if name in weights.dtypes else one.itemsize) for name, one in weights.tensors.items())


def once(path: Path) -> Mapping[str, Array]:
    """The tensors by name; of those that share their bytes the first."""
    places = {(one.storage, one.offset): one.name for one in reversed(read(path).tensors) if one.size}
    return {name: one for name, one in stored_of(path).tensors.items() if name in set(places.values())}
