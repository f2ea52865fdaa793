"""Tells a model file by its first bytes."""

from __future__ import annotations

from dataclasses import dataclass

from deadweight.core.entry import Entry
from deadweight.core.owner import Basis

_MAGICS = (
    (b"GGUF", "gguf"),
    (b"lmgg", "ggml"),
    (b"fmgg", "ggml"),
    (b"tjgg", "ggml"),
    (b"CBM1", "catboost"),
    (b"\xba\x16\x4f\x2f", "fasttext"),
    (b"tree\nversion=", "lightgbm"),
    (b"PK\x03\x04\0\0\x08\x08\0\0", "torch"),
)
_CONTAINERS = ((b"\x89HDF\r\n\x1a\n", "hdf5"), (b"\x93NUMPY", "numpy"))
_TORCH = dict.fromkeys((".bin", ".ckpt", ".jit", ".pt", ".pth"), "torch")
_ZIPS = {**_TORCH, ".keras": "keras", ".npz": "numpy"}
_PICKLES = frozenset((".bin", ".ckpt", ".joblib", ".model", ".pickle", ".pkl", ".pt", ".pth", ".sav"))
_LONGEST_HEADER = 100_000_000
_ONNX_SECOND_FIELDS = b"\x1a\x22\x28\x32\x3a\x42"


@dataclass(frozen=True, slots=True)
class Recognised:
    """The format of a model file, and whether its content alone says so."""

    format: str
    basis: Basis


def recognised(entry: Entry) -> Recognised | None:
    """The format of the entry as a model file, None for another file; looks at its first 16 bytes.

    A suffix decides only what those bytes leave open: which kind of zip, pickle or container of arrays it is.
    """
    head = entry.head
    for magic, name in _MAGICS:
        if head.startswith(magic):
            return Recognised(name, Basis.LOCATED)
    if head[4:8] == b"TFL3":
        return Recognised("tflite", Basis.LOCATED)
    if _is_safetensors(entry):
        return Recognised("safetensors", Basis.LOCATED)
    if _is_onnx(head):
        return Recognised("onnx", Basis.LOCATED if entry.suffix == ".onnx" else Basis.GUESSED)
    guess = _by_suffix(entry)
    return Recognised(guess, Basis.GUESSED) if guess else None


def _by_suffix(entry: Entry) -> str:
    for magic, name in _CONTAINERS:
        if entry.head.startswith(magic):
            return name
    if entry.head.startswith(b"PK\x03\x04"):
        return _ZIPS.get(entry.suffix, "")
    is_pickle = entry.head[:1] == b"\x80" and entry.head[1:2] in (b"\2", b"\3", b"\4", b"\5")
    return "pickle" if is_pickle and entry.suffix in _PICKLES else ""


def _is_safetensors(entry: Entry) -> bool:
    """A length of 8 bytes, little-endian, then that much JSON (safetensors format)."""
    length = int.from_bytes(entry.head[:8], "little")
    return entry.head[8:9] == b"{" and 2 <= length <= min(entry.size - 8, _LONGEST_HEADER)


def _is_onnx(head: bytes) -> bool:
    """Field 1, the version of the format, then another field of ModelProto (onnx.proto): mostly who made it."""
    if len(head) < 12 or head[0] != 0x08 or not 1 <= head[1] <= 31:
        return False
    if head[2] == 0x12:
        producer = head[4 : 4 + head[3]]
        return head[3] < 0x80 and producer.isascii() and producer.decode("ascii").isprintable()
    return head[2] in _ONNX_SECOND_FIELDS
