"""Writes tensors as a checkpoint of torch: a zip that `torch.load(weights_only=True)` takes.

Source: torch/serialization.py. Storages are aligned to 64 bytes, so that torch can map them; tensors that share their
bytes share a storage.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from deadweight.core.errors import Unknown, UsageError
from deadweight.core.tensor import Step, Value, row_major
from deadweight.models.pickles.allowed import STORAGES
from deadweight.models.writing_safetensors import Body

_CLASSES = {dtype: name for name, dtype in STORAGES.items() if name != "UntypedStorage" and not name.startswith("Q")}
DTYPE_NAMES = frozenset(_CLASSES)
"""The dtypes that are written."""
_ALIGNMENT = 64
_LOCAL_HEADER = 30
_ROOT = "archive"
_LEAST_EXTRA = 4

Paths = Mapping[tuple[Step, ...], int]
"""The place of each tensor among the bodies, by the keys that lead to it."""


def write(stream: BinaryIO, bodies: Sequence[Body], paths: Paths, values: Sequence[Value]) -> None:
    """Write the zip; raises UsageError for what lies in a list, Unknown for a dtype without a storage class."""
    tree: dict[str, object] = {}
    for path, index in paths.items():
        _put(tree, path, index)
    for value in values:
        _put(tree, value.path, value)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        _member(archive, "data.pkl", iter((b"\x80\x02" + b"".join(_dictionary(tree, bodies)) + b".",)))
        _member(archive, "byteorder", iter((b"little",)))
        for index, body in enumerate(bodies):
            _member(archive, f"data/{index}", body.pieces(), body.size)
        _member(archive, "version", iter((b"3\n",)))


def _put(tree: dict[str, object], path: tuple[Step, ...], leaf: object) -> None:
    for step in path:
        if not isinstance(step, str):
            raise UsageError(
                f"{'.'.join(map(str, path))!r} lies in a list or under a number",
                advice="Write it as safetensors: -o OUT.safetensors.",
            )
    *above, last = map(str, path)
    for step in above:
        inside = tree.setdefault(step, {})
        if not isinstance(inside, dict):
            raise UsageError(f"{step!r} is a tensor and holds others", advice="Write it as safetensors.")
        tree = inside
    tree[last] = leaf


def _member(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes], size: int = 0) -> None:
    info = zipfile.ZipInfo(f"{_ROOT}/{name}")
    start = archive.start_dir + _LOCAL_HEADER + len(info.filename) + _LEAST_EXTRA
    padding = -start % _ALIGNMENT
    info.extra = b"FB" + struct.pack("<H", padding) + b"Z" * padding
    info.file_size = size
    with archive.open(info, "w", force_zip64=size >= zipfile.ZIP64_LIMIT) as member:
        for piece in pieces:
            member.write(piece)


def _dictionary(tree: Mapping[str, object], bodies: Sequence[Body]) -> Iterator[bytes]:
    yield b"}("
    for key, leaf in tree.items():
        yield _text(key)
        if isinstance(leaf, dict):
            yield from _dictionary(leaf, bodies)
        else:
            yield _tensor(leaf, bodies[leaf]) if isinstance(leaf, int) else _plain(leaf)
    yield b"u"


def _tensor(index: int, body: Body) -> bytes:
    if body.dtype not in _CLASSES:
        raise Unknown(f"torch has no storage class for {body.dtype}", where=body.name)
    count = 1
    for length in body.shape:
        count *= length
    storage = b"(" + _text("storage") + _name("torch", _CLASSES[body.dtype])
    storage += _text(str(index)) + _text("cpu") + _number(count) + b"tQ"
    shape, strides = (b"(" + b"".join(map(_number, one)) + b"t" for one in (body.shape, row_major(body.shape)))
    hooks = _name("collections", "OrderedDict") + b")R"
    rebuild = _name("torch._utils", "_rebuild_tensor_v2")
    return rebuild + b"(" + storage + _number(0) + shape + strides + b"\x89" + hooks + b"tR"


def _plain(value: object) -> bytes:
    plain = value.plain if isinstance(value, Value) else None
    if plain is None or isinstance(plain, bool):
        return {None: b"N", True: b"\x88", False: b"\x89"}[plain]
    if isinstance(plain, str):
        return _text(plain)
    return _number(plain) if isinstance(plain, int) else b"G" + struct.pack(">d", plain)


def _name(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode("ascii")


def _text(text: str) -> bytes:
    raw = text.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(raw)) + raw


def _number(number: int) -> bytes:
    length = number.bit_length() // 8 + 1
    raw = number.to_bytes(length, "little", signed=True)
    return b"\x8a" + bytes([length]) + raw if length < 256 else b"\x8b" + struct.pack("<i", length) + raw
