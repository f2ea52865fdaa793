"""Variables of TensorFlow: an index in the form of LevelDB's tables, and the files of their bytes.

Source: tensorflow/core/util/tensor_bundle, tensorflow/core/lib/io/format.cc, LevelDB's doc/table_format.md. The graph
of a SavedModel beside the folder is counted with it, not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deadweight.core.errors import Corrupt, Unknown
from deadweight.core.gap import Gap
from deadweight.core.model_seams import ModelReader
from deadweight.core.tensor import BITS, Checkpoint, Storage, Tensor
from deadweight.models.gathering import Gathering, bytes_of
from deadweight.models.protobuf import fields, varint
from deadweight.models.window import Window, of_bytes, of_file

MAGIC = 0xDB4775248B80FB57
_FOOTER, _TRAILER = 48, 5
_NAMES = """
- float32 float64 int32 uint8 int16 int8 string complex64 int64 bool qint8 quint8 qint32 bfloat16 qint16 quint16 uint16
complex128 float16 resource variant uint32 uint64 float8_e5m2 float8_e4m3fn
"""
DTYPES = dict(enumerate(_NAMES.split()))
"""DataType of TensorFlow by number."""
_DTYPE, _SHAPE, _SHARD, _OFFSET, _SIZE, _SLICES = 1, 2, 3, 4, 5, 7
_HEADER = b""


def recognise(path: Path, head: bytes) -> bool:
    """A table of LevelDB by its last bytes, called as TensorFlow calls its own."""
    if path.suffix != ".index" or path.stat().st_size < _FOOTER:
        return False
    with path.open("rb") as file:
        file.seek(-8, 2)
        return int.from_bytes(file.read(8), "little") == MAGIC


def read(path: Path) -> Checkpoint:
    """The variables, and which of them are slots of an optimizer by their names."""
    with path.open("rb") as file:
        window = of_file(file.fileno(), str(path))
        entries = dict(_entries(window))
    shards = _shards(window, entries.pop(_HEADER, b""))
    gathering, gaps = Gathering(str(path)), list[Gap]()
    files = {path.name: window.size} | {name: _size(path, name) for name in _names(path, shards)}
    other = 0
    for key, value in entries.items():
        other += _add((gathering, gaps), key.decode("utf-8", "replace"), _entry(value, str(path)), shards)
    parts = {"index": window.size, "texts and objects": other}
    graph = path.parent.parent / "saved_model.pb"
    if path.parent.name == "variables" and graph.is_file():
        files["../saved_model.pb"] = parts["graph"] = graph.stat().st_size
    form = ("TensorFlow", str(path), files, *gathering.both, parts)
    return Checkpoint(*form, gaps=tuple(gaps), has_graph="graph" in parts)


def _entries(window: Window) -> Iterator[tuple[bytes, bytes]]:
    """All keys and values of the table."""
    footer = window.read(window.size - _FOOTER, _FOOTER)
    _, at = _handle(of_bytes(footer, window.where), 0)
    index, _ = _handle(of_bytes(footer, window.where), at)
    for _, value in _block(window, index):
        place, _ = _handle(of_bytes(value, window.where), 0)
        yield from _block(window, place)


def _handle(window: Window, at: int) -> tuple[tuple[int, int], int]:
    offset, at = varint(window, at, window.size)
    size, at = varint(window, at, window.size)
    return (offset, size), at


def _block(window: Window, place: tuple[int, int]) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a block: each key shares its start with the one before."""
    offset, size = place
    body = window.read(offset, size + _TRAILER)
    if body[size]:
        raise Unknown("its index is compressed", where=window.where)
    block = of_bytes(body[:size], window.where)
    restarts = int.from_bytes(block.read(size - 4, 4), "little")
    end, at, key = size - 4 - 4 * restarts, 0, b""
    if end < 0:
        raise Corrupt(f"a block of {size} bytes with {restarts} restarts", where=window.where)
    while at < end:
        shared, at = varint(block, at, end)
        own, at = varint(block, at, end)
        length, at = varint(block, at, end)
        key = key[:shared] + block.read(at, own)
        yield key, block.read(at + own, length)
        at += own + length


def _shards(window: Window, header: bytes) -> int:
    """How many files there are; raises Unknown for big-endian ones."""
    told = {one.number: one.value for one in fields(of_bytes(header, window.where), 0, len(header))}
    if told.get(2):
        raise Unknown("its variables are big-endian", where=window.where)
    if not 1 <= told.get(1, 0) <= 100_000:
        raise Corrupt(f"{told.get(1, 0)} files of variables", where=window.where)
    return told[1]


def _names(path: Path, shards: int) -> list[str]:
    return [f"{path.stem}.data-{number:05d}-of-{shards:05d}" for number in range(shards)]


def _size(path: Path, name: str) -> int:
    beside = path.parent / name
    if not beside.is_file():
        raise Corrupt("the index needs this file and it is not there", where=str(beside), advice="Fetch it too.")
    return beside.stat().st_size


def _entry(value: bytes, where: str) -> dict[int, int | tuple[int, ...]]:
    """The fields of a BundleEntryProto, its shape as lengths."""
    window = of_bytes(value, where)
    told: dict[int, int | tuple[int, ...]] = {}
    for one in fields(window, 0, window.size):
        if one.number == _SHAPE:
            axes = [axis for axis in fields(window, one.start, one.length) if axis.number == 2]
            lengths = ({part.number: part.value for part in fields(window, axis.start, axis.length)} for axis in axes)
            told[_SHAPE] = tuple(length.get(1, 0) for length in lengths)
        else:
            told[one.number] = one.value
    return told


def _add(found: tuple[Gathering, list[Gap]], key: str, told: dict[int, int | tuple[int, ...]], shards: int) -> int:
    """Gather a variable; gives the bytes of what is none."""
    gathering, gaps = found
    dtype = DTYPES.get(int(told.get(_DTYPE, 0)), "")  # type: ignore[arg-type]  # a number, as all but the shape
    shard, offset, size = (int(told.get(number, 0)) for number in (_SHARD, _OFFSET, _SIZE))  # type: ignore[arg-type]
    shape = told.get(_SHAPE, ())
    if dtype not in BITS or _SLICES in told or not isinstance(shape, tuple):
        if dtype != "string":
            gaps.append(
                Gap("tensors", f"{gathering.where}, {key}", f"it is {dtype or 'of no known type'}, or in slices")
            )
        return size
    if bytes_of(dtype, shape, f"{gathering.where}, {key}") != size or shard >= shards:
        raise Corrupt(f"{size} bytes in file {shard} for the shape {shape}", where=f"{gathering.where}, {key}")
    name = _names(Path(gathering.where), shards)[shard]
    index = gathering.storage(Storage(key, name, offset, size, size))
    gathering.add(Tensor(key, dtype, shape, size, index, path=(key,)))
    return 0


MODEL_READER: ModelReader = ModelReader("TensorFlow", "variables of checkpoints and SavedModels", 6, recognise, read)
