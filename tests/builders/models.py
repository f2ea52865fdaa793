"""Model files, built byte by byte from what their formats say; nothing of ours is used to write them."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
CLASSES = {"float32": "FloatStorage", "int64": "LongStorage", "float16": "HalfStorage", "uint8": "ByteStorage"}
WIDTHS = {"float32": 4, "int64": 8, "float16": 2, "uint8": 1}


@dataclass(frozen=True)
class Name:
    """Something imported."""

    module: str
    name: str


@dataclass(frozen=True)
class Call:
    """A call of what is imported; `state` is set on what it gives."""

    callee: object
    arguments: object
    state: object = None


@dataclass(frozen=True)
class Outside:
    """A persistent identity."""

    identity: object


@dataclass(frozen=True)
class Raw:
    """Opcodes as they are."""

    opcodes: bytes


def assembled(value: object) -> bytes:
    """The value as a pickle of protocol 2."""
    return b"\x80\x02" + opcodes(value) + b"."


def opcodes(value: object) -> bytes:
    """The opcodes that leave the value on the stack."""
    if isinstance(value, Raw):
        return value.opcodes
    if isinstance(value, Name):
        return f"c{value.module}\n{value.name}\n".encode()
    if isinstance(value, Call):
        made = opcodes(value.callee) + opcodes(value.arguments) + b"R"
        return made + (opcodes(value.state) + b"b" if value.state is not None else b"")
    if isinstance(value, Outside):
        return opcodes(value.identity) + b"Q"
    if isinstance(value, dict):
        return b"}(" + b"".join(opcodes(key) + opcodes(one) for key, one in value.items()) + b"u"
    if isinstance(value, (tuple, list)):
        inside = b"(" + b"".join(map(opcodes, value))
        return inside + b"t" if isinstance(value, tuple) else b"]" + inside + b"e"
    return pickle.dumps(value, 2)[2:-1]


@dataclass(frozen=True)
class Storage:
    """A storage of torch: its key, dtype and bytes, and the device it was on."""

    key: str
    dtype: str
    body: bytes
    device: str = "cpu"

    @property
    def elements(self) -> int:
        return len(self.body) // WIDTHS[self.dtype]

    def named(self, view: object = Ellipsis) -> Outside:
        kind = Name("torch", CLASSES[self.dtype])
        more = () if view is Ellipsis else (view,)
        return Outside(("storage", kind, self.key, self.device, self.elements, *more))


def view(storage: Storage, offset: int, shape: Sequence[int], strides: Sequence[int], of: object = None) -> Call:
    """A tensor as torch pickles it."""
    hooks = Call(Name("collections", "OrderedDict"), ())
    arguments = (of or storage.named(), offset, tuple(shape), tuple(strides), False, hooks)
    return Call(Name("torch._utils", "_rebuild_tensor_v2"), arguments)


def whole(storage: Storage) -> Call:
    """A tensor of one axis over all of a storage."""
    return view(storage, 0, (storage.elements,), (1,))


def torch_zip(path: Path, tree: object, storages: Sequence[Storage], **more: bytes | int) -> Path:
    """A checkpoint as torch.save writes it since 1.6."""
    method = more.pop("method", zipfile.ZIP_STORED)
    with zipfile.ZipFile(path, "w", int(method)) as archive:
        archive.writestr("archive/data.pkl", assembled(tree))
        for storage in storages:
            archive.writestr(f"archive/data/{storage.key}", storage.body)
        for name, body in more.items():
            archive.writestr(f"archive/{name}", bytes(body))
        archive.writestr("archive/version", b"3\n")
    return path


def torch_legacy(path: Path, tree: object, storages: Sequence[Storage], little: bool = True) -> Path:
    """A checkpoint as torch.save wrote it before 1.6."""
    system = {"protocol_version": 1001, "little_endian": little, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    body = pickle.dumps(MAGIC_NUMBER, 2) + pickle.dumps(1001, 2) + pickle.dumps(system, 2)
    body += assembled(tree) + pickle.dumps([storage.key for storage in storages], 2)
    for storage in storages:
        body += storage.elements.to_bytes(8, "little" if little else "big") + storage.body
    path.write_bytes(body)
    return path


def floats(*values: float) -> bytes:
    """float32, little-endian."""
    return struct.pack(f"<{len(values)}f", *values)


def safetensors(
    path: Path, tensors: Mapping[str, tuple[str, Sequence[int], bytes]], metadata: Mapping[str, str] | None = None
) -> Path:
    """A file of safetensors."""
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for name, (dtype, shape, body) in tensors.items():
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [end, end + len(body)]}
        end += len(body)
    path.write_bytes(headed(header) + b"".join(body for _, _, body in tensors.values()))
    return path


def headed(header: object) -> bytes:
    """A header of safetensors with its length."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text


def gguf_text(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def gguf(path: Path, tensors: Sequence[tuple[str, Sequence[int], int, int]], body: bytes, settings: int = 0) -> Path:
    """A file of GGUF 3 with one setting; each tensor is a name, its shape fastest axis first, its type and offset."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), 1 + settings)
    head += gguf_text("general.name") + struct.pack("<I", 8) + gguf_text("a model")
    head += (gguf_text("vocabulary") + struct.pack("<IIQ", 9, 8, 2) + gguf_text("a") + gguf_text("b")) * settings
    for name, shape, kind, offset in tensors:
        head += gguf_text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)
    path.write_bytes(head + b"\0" * (-len(head) % 32) + body)
    return path


def protocol_0(source: str) -> bytes:
    """A pickle of protocol 0 that calls `os.system`."""
    return b"cos\nsystem\n(S'" + source.encode() + b"'\ntR."


def with_flag_bit(body: bytes, bit: int) -> bytes:
    """A zip with a bit set in the flags of all members of the central directory, and not in their own headers."""
    changed, at = bytearray(body), body.find(b"PK\x01\x02")
    while at >= 0:
        flags = int.from_bytes(changed[at + 8 : at + 10], "little") | bit
        changed[at + 8 : at + 10] = flags.to_bytes(2, "little")
        at = body.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip in memory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()
