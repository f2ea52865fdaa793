"""safetensors: a length, a header of JSON, then the tensors one after the other without holes.

Source: the format's README. As its own reader does, everything is refused that leaves two readings: overlapping or
missing stretches, a name twice, sizes that do not follow from dtype and shape.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.model_seams import ModelReader
from deadweight.core.tensor import Checkpoint, Storage, Tensor
from deadweight.models.gathering import Gathering, bytes_of
from deadweight.models.window import Window, of_file

LONGEST_HEADER = 100_000_000
DTYPES = {
    **{f"{kind[0].upper()}{bits}": f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)},
    "BOOL": "bool",
    "F16": "float16",
    "BF16": "bfloat16",
    "F32": "float32",
    "F64": "float64",
    "C64": "complex64",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "F8_E8M0": "float8_e8m0fnu",
    "F4": "float4_e2m1fn",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
    "F6_E2M3": "float6_e2m3fn",
    "F6_E3M2": "float6_e3m2fn",
}
"""The dtypes of the format by its own name for them."""
_METADATA = "__metadata__"


def recognise(path: Path, head: bytes) -> bool:
    """A length of 8 bytes, little-endian, then that much JSON."""
    length = int.from_bytes(head[:8], "little")
    return head[8:9] == b"{" and 2 <= length <= min(path.stat().st_size - 8, LONGEST_HEADER)


def read(path: Path) -> Checkpoint:
    """The tensors by the order of their bytes."""
    with path.open("rb") as file:
        return read_window(of_file(file.fileno(), str(path)), path)


def read_window(window: Window, path: Path) -> Checkpoint:
    """As `read`, of an open file."""
    where = str(path)
    length = int.from_bytes(window.read(0, 8), "little")
    header = _header(window.read(8, length), where)
    metadata = header.pop(_METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise Corrupt("its metadata are no texts by name", where=where)
    gathering = Gathering(where)
    end = start = 8 + length
    for name, begin, stop, fields in sorted(_places(header, where), key=lambda one: (one[1], one[2])):
        if start + begin != end:
            raise Corrupt(f"{name!r} starts at {begin}, the tensor before it ends at {end - start}", where=where)
        _add(gathering, Storage(name, path.name, start + begin, stop - begin, stop - begin), fields)
        end = start + stop
    if end != window.size:
        raise Corrupt(f"its tensors end at {end} and the file at {window.size}", where=where, advice="Fetch it again.")
    return Checkpoint(
        "safetensors", where, {path.name: window.size}, *gathering.both, {"header": start}, metadata=metadata
    )


def _header(text: bytes, where: str) -> dict[str, object]:
    try:
        found = json.loads(text, object_pairs_hook=lambda pairs: _unique(pairs, where))
    except (ValueError, RecursionError) as error:
        raise Corrupt(f"its header is no JSON ({error})", where=where) from error
    if not isinstance(found, dict):
        raise Corrupt("its header is no dictionary", where=where)
    return found


def _unique(pairs: list[tuple[str, object]], where: str) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Hostile("its header has one name twice: readers would disagree", where=where)
    return found


def _places(header: Mapping[str, object], where: str) -> list[tuple[str, int, int, Mapping[str, object]]]:
    """Name, begin, end and fields of each tensor."""
    found: list[tuple[str, int, int, Mapping[str, object]]] = []
    for name, fields in header.items():
        offsets = fields.get("data_offsets") if isinstance(fields, dict) else None
        if not isinstance(fields, dict) or not _are_counts(offsets) or len(offsets) != 2:  # type: ignore[arg-type]
            raise Corrupt(f"{name!r} has no place in its header", where=where)
        begin, stop = offsets  # type: ignore[misc]  # two counts, as was just checked
        found.append((name, begin, stop, fields))
    return found


def _are_counts(value: object) -> bool:
    return isinstance(value, list) and all(type(one) is int and one >= 0 for one in value)


def _add(gathering: Gathering, storage: Storage, fields: Mapping[str, object]) -> None:
    dtype, shape = DTYPES.get(str(fields.get("dtype"))), fields.get("shape")
    where = f"{gathering.where}, {storage.name}"
    if dtype is None:
        raise Corrupt(f"the dtype {fields.get('dtype')!r} is not known", where=where)
    if not _are_counts(shape):
        raise Corrupt(f"{shape!r} is no shape", where=where)
    lengths: tuple[int, ...] = tuple(shape)  # type: ignore[arg-type]  # a list of counts, as was just checked
    size = bytes_of(dtype, lengths, where)
    if size != storage.length:
        raise Corrupt(f"{size} bytes follow from its shape and {storage.length} are there", where=where)
    gathering.add(Tensor(storage.name, dtype, lengths, size, gathering.apart(storage), path=(storage.name,)))


MODEL_READER: ModelReader = ModelReader("safetensors", "a header of JSON, then the tensors", 30, recognise, read)
