"""Plain pickles and those of joblib: arrays lie within the pickle, or right behind the object that stands for them.

Source: numpy's `__reduce__`, joblib/numpy_pickle.py. A file that is compressed as a whole is unpacked up to a limit;
where its tensors lie is then said in terms of what came out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.model_seams import ModelReader
from deadweight.core.tensor import Checkpoint, Storage, Tensor, Value, row_major
from deadweight.models.gathering import Gathering
from deadweight.models.pickles.opcodes import Blob
from deadweight.models.pickles.packed import packed_with, unpacked
from deadweight.models.pickles.tree import Path as Way
from deadweight.models.pickles.tree import dotted, leaves, plain_value
from deadweight.models.pickles.values import Made, Name, Pairs
from deadweight.models.pickles.walker import walk
from deadweight.models.readers.arrays import OBJECT, pickled_dtype
from deadweight.models.window import Cursor, Window, of_bytes, of_file

_RECONSTRUCT = ("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct")
_FROM_BUFFER = ("numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer")
_WRAPPER = "joblib.numpy_pickle.NumpyArrayWrapper"
_ENDINGS = (".bin", ".ckpt", ".dill", ".joblib", ".model", ".p", ".pickle", ".pkl", ".pt", ".pth", ".sav")


@dataclass(frozen=True, slots=True)
class Array:
    """An array as a pickle describes it; `place` is where its bytes lie, None where they are not stored as they are."""

    kind: tuple[str, str, int]
    shape: tuple[int, ...]
    is_fortran: bool
    place: Blob | None


def recognise(path: Path, head: bytes) -> bool:
    """A pickle by its protocol or, of protocol 0, by its ending; a compressed one by what comes out."""
    if head[:1] == b"\x80" and head[1:2] in (b"\1", b"\2", b"\3", b"\4", b"\5"):
        return path.stat().st_size > 2
    if path.suffix not in _ENDINGS:
        return False
    return head[:1] in (b"(", b"c", b"]", b"}") or bool(packed_with(head))


def read(path: Path) -> Checkpoint:
    """The arrays, and what loading would call."""
    with path.open("rb") as file:
        packed = packed_with(file.read(64))
        whole = of_file(file.fileno(), str(path))
        window = of_bytes(unpacked(path, packed), str(path)) if packed else whole
        return _Reading(path, window, packed).checkpoint(whole.size)


@dataclass(slots=True)
class _Reading:
    """One file that is read."""

    path: Path
    window: Window
    packed: str
    gaps: list[Gap] = field(default_factory=list)

    def checkpoint(self, size: int) -> Checkpoint:
        walked = walk(self.window, 0, self.fill)
        gathering, values = Gathering(str(self.path)), list[Value]()
        for way, leaf in leaves(walked.value, _array):
            if isinstance(leaf, Array):
                self.add(gathering, way, leaf)
            elif way:
                values.append(plain_value(way, leaf))
        left = self.window.size - walked.end
        parts = {"packed stream": size} if self.packed else {"behind the end of the pickle": left}
        if not self.packed:
            parts["pickle"] = size - left - sum(one.length for one in gathering.storages)
        return Checkpoint(
            "joblib" if _is_joblib(walked.names) else "pickle",
            str(self.path),
            {self.path.name: size},
            *gathering.both,
            parts={cause: count for cause, count in parts.items() if count},
            values=tuple(values),
            code=tuple(walked.code),
            gaps=tuple(self.gaps),
        )

    def add(self, gathering: Gathering, way: Way, array: Array) -> None:
        name, (dtype, order, width) = dotted(way) or "array", array.kind
        size = width
        for length in array.shape:
            size *= length
        if array.place is None or dtype == OBJECT:
            why = "its elements are objects" if dtype == OBJECT else "its bytes are stored as text"
            self.gaps.append(Gap("arrays", f"{self.path}, {name}", why))
            return
        at, length = array.place.offset, array.place.length
        storage = Storage(
            name, self.path.name, at, 0 if self.packed else length, length, "stream" if self.packed else ""
        )
        strides = tuple(reversed(row_major(tuple(reversed(array.shape))))) if array.is_fortran else ()
        gathering.add(Tensor(name, dtype, array.shape, size, gathering.storage(storage), 0, strides, order, way))

    def fill(self, made: Made, cursor: Cursor) -> object:
        """joblib writes the bytes of an array right behind its stand-in, after padding of its own."""
        if not made.calls(_WRAPPER):
            return made
        state = made.state
        if not isinstance(state, Pairs):
            raise ValueError("an array of joblib without a description")
        kind, shape = pickled_dtype(state.get("dtype")), _shape(state.get("shape"))
        if kind[0] == OBJECT:
            inner = walk(cursor.window, cursor.at, self.fill)
            cursor.at = inner.end
            return inner.value
        if state.get("numpy_array_alignment_bytes") is not None:
            cursor.skip(cursor.number(1))
        size = kind[2]
        for length in shape:
            size *= length
        return Array(kind, shape, state.get("order") == "F", Blob(cursor.skip(size), size))


def _array(value: object) -> Array | None:
    """The array that a stand-in makes, None for anything else."""
    if isinstance(value, Array):
        return value
    if not isinstance(value, Made):
        return None
    if value.calls(*_RECONSTRUCT) and isinstance(value.state, tuple) and len(value.state) == 5:
        _, shape, dtype, is_fortran, body = value.state
        return Array(pickled_dtype(dtype), _shape(shape), bool(is_fortran), _place(body))
    if value.calls(*_FROM_BUFFER) and len(value.given) == 4:
        body, dtype, shape, order = value.given
        return Array(pickled_dtype(dtype), _shape(shape), order == "F", _place(body))
    return None


def _shape(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple) or not all(type(one) is int and one >= 0 for one in value):
        raise Corrupt("an array without a shape")
    return value


def _place(body: object) -> Blob | None:
    return body if isinstance(body, Blob) else None


def _is_joblib(names: Iterable[Name]) -> bool:
    return any(str(name) == _WRAPPER for name in names)


MODEL_READER: ModelReader = ModelReader("pickle", "pickles, of joblib too", 60, recognise, read)
