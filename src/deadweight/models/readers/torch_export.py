"""Programs of torch.export since 2.8 (.pt2): a zip with the graph and the tensors' shapes as JSON, and bare storages.

Source: torch/export/pt2_archive/_package.py, torch/_export/serde/schema.py. Example inputs and objects of other classes
are pickles, which are walked and never loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import msgspec

from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.model_seams import ModelReader
from deadweight.core.tensor import BITS, Checkpoint, Code, Tensor
from deadweight.models.gathering import Gathering, bytes_of
from deadweight.models.pickles.walker import walk
from deadweight.models.window import of_bytes
from deadweight.models.zips import MAGIC, ModelZip, members, opened

_FORMAT = "archive_format"
_SHAPES = ("_weights_config.json", "_constants_config.json")
_PICKLED = ("custom_obj_", "opaque_obj_")
_STRIDED = 7
_DTYPES: Mapping[int, str] = {
    **dict(enumerate(("uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"), 1)),
    **dict(enumerate(("complex32", "complex64", "complex128", "bool", "bfloat16"), 9)),
    28: "uint16",
    **dict(enumerate(("e4m3fn", "e5m2", "e4m3fnuz", "e5m2fnuz", "e8m0fnu"), 29)),
    34: "uint32",
    35: "uint64",
}
_FLOATS_OF_EIGHT_BITS = range(29, 34)


class _Length(msgspec.Struct):
    """A number of the graph; None where it is a name for any."""

    as_int: int | None = None


class _Meta(msgspec.Struct):
    """How a tensor views its storage, in elements."""

    dtype: int
    sizes: list[_Length]
    strides: list[_Length]
    storage_offset: _Length
    layout: int = _STRIDED


class _Payload(msgspec.Struct):
    """A tensor, and the member that its storage is; or an object that is pickled there."""

    path_name: str
    use_pickle: bool = False
    tensor_meta: _Meta | None = None


class _Shapes(msgspec.Struct):
    """All that one file of shapes lists, by name."""

    config: dict[str, _Payload]


Listed: TypeAlias = Iterator[tuple[str, str, _Payload]]


def recognise(path: Path, head: bytes) -> bool:
    """A zip that says so in a member of its own."""
    if not head.startswith(MAGIC):
        return False
    return any(name.count("/") <= 1 and name.rpartition("/")[2] == _FORMAT for name in members(path))


def read(path: Path) -> Checkpoint:
    """The tensors that its lists of weights and constants name."""
    with path.open("rb") as file:
        return _read(opened(file, path))


def _read(archive: ModelZip) -> Checkpoint:
    gathering, gaps, taken = Gathering(str(archive.path)), list[Gap](), set[str]()
    for name, member, payload in _listed(archive):
        if payload.use_pickle or payload.tensor_meta is None:
            if not payload.path_name.startswith(_PICKLED):
                gaps.append(Gap("reading", f"{archive.path}, {name}", "it is a pickle of a tensor of another class"))
            continue
        gathering.add(_tensor(name, payload.tensor_meta, gathering.storage(archive.storage(member))))
        taken.add(member)
    parts = archive.sizes(taken, {".json": "graph and shapes", "sample_inputs/": "pickle", "_obj_": "pickle"})
    bodies = sum(place.member.packed for place in archive.places.values())
    parts["zip headers"] = archive.path.stat().st_size - bodies
    return Checkpoint(
        format="torch.export",
        location=str(archive.path),
        files={archive.path.name: archive.path.stat().st_size},
        tensors=tuple(gathering.tensors),
        storages=tuple(gathering.storages),
        parts=parts,
        code=tuple(_code(archive)),
        gaps=tuple(gaps),
    )


def _listed(archive: ModelZip) -> Listed:
    """Each tensor with its name, and the member that it views."""
    lists = [name for name in archive.places if name.endswith(_SHAPES)]
    if not lists:
        raise Corrupt("it has no list of weights", where=str(archive.path))
    for one in lists:
        try:
            shapes = msgspec.json.decode(archive.body(one), type=_Shapes)
        except msgspec.DecodeError as fault:
            raise Corrupt(f"{one!r} is no list of tensors ({fault})", where=str(archive.path)) from fault
        for name, payload in shapes.config.items():
            member = f"{one.rpartition('/')[0]}/{payload.path_name}"
            if member not in archive.places:
                raise Corrupt(f"{name!r} lies in {member!r}, which is not in the zip", where=str(archive.path))
            yield name, member, payload


def _tensor(name: str, meta: _Meta, storage: int) -> Tensor:
    numbers = [one.as_int for one in (*meta.sizes, *meta.strides, meta.storage_offset)]
    counts = [one for one in numbers if one is not None]
    dtype = _DTYPES.get(meta.dtype, "")
    dtype = f"float8_{dtype}" if meta.dtype in _FLOATS_OF_EIGHT_BITS else dtype
    if not dtype or meta.layout != _STRIDED or len(counts) < len(numbers) or len(meta.sizes) != len(meta.strides):
        raise Corrupt(f"the tensor {name!r} has a dtype, layout or shape that torch does not save")
    axes = len(meta.sizes)
    shape, strides, offset = tuple(counts[:axes]), tuple(counts[axes:-1]), counts[-1]
    return Tensor(name, dtype, shape, bytes_of(dtype, shape, name), storage, offset * BITS[dtype] // 8, strides)


def _code(archive: ModelZip) -> Iterator[Code]:
    """What the pickles within would call."""
    for name in archive.places:
        if "/sample_inputs/" in name or name.rpartition("/")[2].startswith(_PICKLED):
            yield from _called(archive.body(name), Path(f"{archive.path}, {name}"))


def _called(body: bytes, where: Path) -> Iterator[Code]:
    """A pickle, or a zip of torch with one."""
    if not body.startswith(MAGIC):
        yield from walk(of_bytes(body, str(where))).code
        return
    inner = opened(BytesIO(body), where)
    for name in inner.places:
        if name.endswith(".pkl"):
            yield from walk(of_bytes(inner.body(name), f"{where}, {name}")).code


MODEL_READER: ModelReader = ModelReader("torch.export", "programs of torch.export (.pt2)", 19, recognise, read)
