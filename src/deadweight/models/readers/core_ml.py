"""Core ML: the file of weights of an ML program, blob after blob.

Source: coremltools, mlmodel/src/MILBlob/Blob/StorageFormat.hpp. The names stand in the program beside it, so the blobs
are named by their places.
"""

from __future__ import annotations

import struct
from pathlib import Path

from deadweight.core.errors import Corrupt
from deadweight.core.model_seams import ModelReader
from deadweight.core.tensor import BITS, Checkpoint, Storage, Tensor
from deadweight.models.gathering import Gathering
from deadweight.models.window import Window, of_file

_HEAD = struct.Struct("<II")
_BLOB = struct.Struct("<IIQQ")
_STEP = 64
_SENTINEL = 0xDEADBEEF
DTYPES = {1: "float16", 2: "float32", 3: "uint8", 4: "int8", 5: "bfloat16", 6: "int16", 7: "uint16"}
"""BlobDataType by number."""


def recognise(path: Path, head: bytes) -> bool:
    """A count, version 2, zeros, and the mark of the first blob."""
    if len(head) < _STEP or path.suffix != ".bin" or _HEAD.unpack_from(head)[1] != 2 or any(head[8:]):
        return False
    with path.open("rb") as file:
        file.seek(_STEP)
        return int.from_bytes(file.read(4), "little") == _SENTINEL


def read(path: Path) -> Checkpoint:
    """The blobs in the order stored, each of one axis."""
    with path.open("rb") as file:
        return _read(of_file(file.fileno(), str(path)), path)


def _read(window: Window, path: Path) -> Checkpoint:
    gathering, at = Gathering(str(path)), _STEP
    count, _ = window.unpack(_HEAD, 0)
    for _ in range(min(count, window.size // _STEP)):
        mark, kind, size, offset = window.unpack(_BLOB, at)
        if mark != _SENTINEL or kind not in DTYPES:
            raise Corrupt(f"no blob of a known type at offset {at}", where=str(path))
        window.check(offset, size)
        name, dtype = f"blob at {at}", DTYPES[kind]
        index = gathering.storage(Storage(name, path.name, offset, size, size))
        gathering.add(Tensor(name, dtype, (size * 8 // BITS[dtype],), size, index, path=(name,)))
        at = -(-(offset + size) // _STEP) * _STEP
    parts = {"headers": _STEP + _STEP * len(gathering.tensors)}
    return Checkpoint("Core ML", str(path), {path.name: window.size}, *gathering.both, parts)


MODEL_READER: ModelReader = ModelReader("Core ML", "weights of ML programs", 17, recognise, read)
