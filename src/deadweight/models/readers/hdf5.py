"""HDF5 and Keras: data sets by their path; a `.keras` file is a zip with such a file in it.

Reading HDF5 takes h5py, which `deadweight[models]` brings; without it the tensors are a gap. A Lambda layer holds
Python code that loading runs.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.model_seams import ModelReader
from deadweight.core.tensor import Checkpoint, Code, Storage, Tensor
from deadweight.models.gathering import Gathering
from deadweight.models.readers.arrays import dtype_named
from deadweight.models.window import Window, of_file
from deadweight.models.zips import MAGIC as ZIP
from deadweight.models.zips import ModelZip, members, opened

MAGIC = b"\x89HDF\r\n\x1a\n"
WEIGHTS, CONFIG = "model.weights.h5", "config.json"
_NEEDS = "reading HDF5 takes h5py: pip install 'deadweight[models]'"


def recognise(path: Path, head: bytes) -> bool:
    """The magic of HDF5, or a zip with Keras's names in it."""
    return head.startswith(MAGIC) or (head.startswith(ZIP) and {WEIGHTS, CONFIG} <= members(path))


def read(path: Path) -> Checkpoint:
    """The data sets of the file."""
    with path.open("rb") as file:
        if file.read(8) == MAGIC:
            return _read(of_file(file.fileno(), str(path)), path, 0)
        return _read_keras(opened(file, path))


def _read_keras(archive: ModelZip) -> Checkpoint:
    place = archive.places[WEIGHTS]
    if place.member.method:
        raise Corrupt("its weights are packed, which Keras never does", where=str(archive.path))
    found = _read(archive.window(WEIGHTS), archive.path, place.start)
    size = archive.path.stat().st_size
    parts = {**found.parts, "zip and configuration": size - place.member.size}
    code = (*found.code, *_lambdas(archive.body(CONFIG), f"{archive.path}, {CONFIG}"))
    form = ("Keras", found.location, {archive.path.name: size}, found.tensors, found.storages, parts)
    return Checkpoint(*form, code=code, gaps=found.gaps)


def _read(window: Window, path: Path, start: int) -> Checkpoint:
    gathering, code, gaps = Gathering(str(path)), list[Code](), list[Gap]()
    try:
        import h5py  # type: ignore[import-untyped]  # it has no types
    except ImportError:
        gaps.append(Gap("tensors", str(path), _NEEDS))
        return Checkpoint("HDF5", str(path), {path.name: window.size}, (), (), {"HDF5": window.size}, gaps=tuple(gaps))
    try:
        with h5py.File(_stream(window), "r") as file:
            code.extend(_lambdas(_config(file), f"{path}, model_config"))
            for name, data in _sets(file):
                _add((gathering, gaps), name, data, start)
    except (OSError, RuntimeError, LookupError, ValueError, TypeError) as error:
        raise Corrupt(f"h5py cannot read it ({error})", where=str(path)) from error
    parts = {"HDF5": window.size - sum(one.length for one in gathering.storages)}
    form = ("HDF5", str(path), {path.name: window.size}, *gathering.both, parts)
    return Checkpoint(*form, code=tuple(code), gaps=tuple(gaps))


def _stream(window: Window) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Stream(window), 1 << 16))


class _Stream(io.RawIOBase):
    """A window as a file to seek in."""

    def __init__(self, window: Window) -> None:
        self._window, self._at = window, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._window.size}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  # any buffer
        view = memoryview(buffer).cast("B")
        count = max(0, min(len(view), self._window.size - self._at))
        view[:count] = self._window.read(self._at, count)
        self._at += count
        return count


def _sets(group: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # h5py is not typed
    """Every data set with its path; links to other files are not followed."""
    found: list[tuple[str, Any]] = []
    group.visititems(lambda name, one: found.append((name, one)) if hasattr(one, "dtype") else None)
    return iter(found)


def _add(found: tuple[Gathering, list[Gap]], name: str, data: Any, start: int) -> None:  # noqa: ANN401  # as above
    gathering, gaps = found
    where = f"{gathering.where}, {name}"
    offset = data.id.get_offset()
    if data.external:
        gaps.append(Gap("tensors", where, "its bytes lie in another file"))
    elif data.dtype.kind not in "fiucb" or (offset is None and data.size):
        gaps.append(Gap("tensors", where, f"it is {data.dtype}, {'in chunks' if offset is None else 'no numbers'}"))
    else:
        dtype, order, width = dtype_named(data.dtype.str)
        size = width * data.size
        file = Path(gathering.where).name
        index = gathering.storage(Storage(name, file, start + (offset or 0), size, size))
        gathering.add(Tensor(name, dtype, tuple(data.shape), size, index, order=order, path=(name,)))


def _config(file: Any) -> bytes:  # noqa: ANN401  # as above
    told = file.attrs.get("model_config", b"")
    return told.encode("utf-8") if isinstance(told, str) else bytes(told)


def _lambdas(config: bytes, where: str) -> Iterator[Code]:
    """Layers that hold code: Lambda, whose function is stored as marshalled bytecode."""
    try:
        waiting = [json.loads(config)] if config else []
    except (ValueError, RecursionError) as error:
        raise Corrupt(f"its configuration is no JSON ({error})", where=where) from error
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            if here.get("class_name") in ("Lambda", "__lambda__"):
                yield Code("keras.layers.Lambda", "runs the bytecode of a Lambda layer", where)
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


MODEL_READER: ModelReader = ModelReader("HDF5", "HDF5 and Keras", 18, recognise, read)
