"""The modules that a pickle imports when it is loaded, read from its opcodes: nothing of it is run.

Pickles stand alone, one after another in one file (torch before 1.6), in a zip (torch since), compressed as joblib and
pandas write them, and with raw arrays between their opcodes (joblib). Sources: joblib/numpy_pickle.py
(NumpyArrayWrapper.read_array); torch/serialization.py; numpy/lib/format.py.
"""

from __future__ import annotations

import bz2
import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from deadweight.models.pickles.walker import walk_as_far
from deadweight.models.window import Window, of_bytes

LARGEST = 64 << 20
_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_TEXT = re.compile(rb"c([A-Za-z_][\w.]{0,200})\n[A-Za-z_][\w.]{0,200}\n")
_STACKED = re.compile(rb"\x8c([\x01-\xff])([A-Za-z_][\w.]*)\x94\x8c[\x01-\xff][A-Za-z_][\w.]*\x94\x93")
_JOBLIB = frozenset({"joblib.numpy_pickle", "sklearn.externals.joblib.numpy_pickle"})
_OF_TORCH = 5
_ARRAY = b"\x93NUMPY"
_ZIPPED = b"PK\x03\x04"
_MAGIC = {b"\x1f\x8b": "gzip", b"\x78": "zlib", b"BZh": "bz2", b"\xfd7zXZ": "lzma", b"\x5d\x00\x00": "lzma"}


@dataclass(frozen=True, slots=True)
class PickledNames:
    """The dotted names of the modules, sorted; `gap` says what could not be read, empty where all was."""

    modules: tuple[str, ...]
    gap: str = ""


def pickled_names(stream: BinaryIO, largest: int = LARGEST) -> PickledNames:
    """The modules that loading the file imports; of what it holds no more than `largest` bytes are read at a time."""
    head = stream.read(8)
    stream.seek(0)
    if head.startswith(_ZIPPED):
        return _zipped(stream, largest)
    try:
        body = _unpacked(stream, head, largest)
    except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError) as fault:
        return PickledNames((), f"it cannot be decompressed: {fault}")
    gap = f"only its first {largest} bytes are read" if len(body) >= largest else ""
    return _pickles(body, gap)


def _zipped(stream: BinaryIO, largest: int) -> PickledNames:
    """What the pickles of a zip name: torch's data.pkl, and constants.pkl of TorchScript."""
    names: set[str] = set()
    gaps: list[str] = []
    try:
        with zipfile.ZipFile(stream) as archive:
            for member in archive.infolist():
                if member.filename.endswith((".pkl", ".pickle")):
                    with archive.open(member) as body:
                        found = _pickles(body.read(largest), "")
                    names.update(found.modules)
                    gaps += [f"{member.filename}: {found.gap}"] if found.gap else []
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as fault:
        gaps.append(f"it is no whole zip: {fault}")
    return PickledNames(tuple(sorted(names)), "; ".join(gaps))


def _unpacked(stream: BinaryIO, head: bytes, largest: int) -> bytes:
    kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "")
    if kind in ("gzip", "zlib"):
        return _inflated(stream, largest)
    if kind == "bz2":
        with bz2.open(stream) as inner:
            return inner.read(largest)
    if kind == "lzma":
        with lzma.open(stream) as inner:
            return inner.read(largest)
    return stream.read(largest)


def _inflated(stream: BinaryIO, largest: int) -> bytes:
    """What zlib or gzip holds, as far as it goes: a cut one is read to its end, which the opcodes then tell."""
    decompressor = zlib.decompressobj(47)
    found = bytearray()
    while len(found) < largest and not decompressor.eof:
        piece = decompressor.unconsumed_tail or stream.read(1 << 16)
        if not piece:
            break
        found += decompressor.decompress(piece, largest - len(found))
    return bytes(found)


def _pickles(body: bytes, gap: str) -> PickledNames:
    """What the pickles of the bytes name, one behind another.

    joblib puts raw arrays between opcodes: behind the first of them names are found by the bytes of their opcodes.
    """
    names: set[str] = set()
    body = _of_array(body) if body.startswith(_ARRAY) else body
    window = of_bytes(body, "the pickle")
    end, fault = _one(window, 0, names) if body else (0, "")
    count = 1
    while not fault and _goes_on(body, end):
        (end, fault), count = _one(window, end, names), count + 1
    if _JOBLIB & names:
        names.update(_looked_for(body))
        fault = ""
    return PickledNames(tuple(sorted(names)), gap or (fault if count <= _OF_TORCH else ""))


def _of_array(body: bytes) -> bytes:
    """The pickle of an array of objects in NumPy's own format, nothing for an array of numbers."""
    long = body[6:7] != b"\x01"
    start = 12 if long else 10
    end = start + int.from_bytes(body[8:start], "little")
    return body[end:] if b"'|O'" in body[start:end] else b""


def _goes_on(body: bytes, at: int) -> bool:
    """Whether another pickle follows: torch wrote five to a file, of the second protocol."""
    return body[at : at + 1] == b"\x80" and body[at + 1 : at + 2] in (b"\x02", b"\x03", b"\x04", b"\x05")


def _one(window: Window, at: int, names: set[str]) -> tuple[int, str]:
    """Adds what the pickle names; gives its end, and why it could not be walked there, empty where it could."""
    walked, fault = walk_as_far(window, at)
    names.update(name.module for name in walked.names if _MODULE.fullmatch(name.module) and name.name[:1] != "<")
    return walked.end, f"its opcodes end in the middle: {fault}" if fault else ""


def _looked_for(body: bytes) -> set[str]:
    """The modules of GLOBAL and STACK_GLOBAL by their bytes, wherever they stand."""
    found = {match[1] for match in _TEXT.finditer(body)}
    found |= {match[2] for match in _STACKED.finditer(body) if match[1][0] == len(match[2])}
    return {name.decode() for name in found}
