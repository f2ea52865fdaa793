"""Checkpoints of torch before 1.6: four pickles, a list of storages, then each storage with its count.

Source: torch/serialization.py, `_legacy_save`. The third pickle says the byte order of the machine that wrote it.
"""

from __future__ import annotations

from pathlib import Path

from deadweight.core.errors import Corrupt
from deadweight.core.model_seams import ModelReader
from deadweight.core.tensor import Checkpoint, Code, Storage
from deadweight.models.gathering import Gathering
from deadweight.models.pickles.machine import Walked
from deadweight.models.pickles.shown import shown
from deadweight.models.pickles.values import Pairs
from deadweight.models.pickles.walker import walk
from deadweight.models.readers.torch_storages import Found, Stored, stored
from deadweight.models.window import Cursor, Window, of_file

MAGIC = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
"""The number 0x1950a86a20f9469cfc6c, as every such file starts after the protocol."""
_PROTOCOL = 1001


def recognise(path: Path, head: bytes) -> bool:
    """A pickle of the magic number."""
    return MAGIC in head[:16]


def read(path: Path) -> Checkpoint:
    """The tensors of the fourth pickle, their storages behind it."""
    with path.open("rb") as file:
        return _read(of_file(file.fileno(), str(path)), path)


def _read(window: Window, path: Path) -> Checkpoint:
    pickles, code, at = [], list[Code](), 0
    for _ in range(5):
        pickles.append(walk(window, at))
        code.extend(pickles[-1].code)
        at = pickles[-1].end
    _, protocol, system, main, keys = pickles
    if protocol.value != _PROTOCOL:
        raise Corrupt(f"the protocol {shown(protocol.value)} is not known", where=str(path))
    order = _order(system.value, str(path))
    places = _places(Cursor(window, at), _wanted(main, keys.value, str(path)), order)
    gathering = Gathering(str(path))
    found = Found(gathering, order)
    found.take(main.value, lambda one: gathering.storage(places[one.key]))
    for storage in places.values():
        gathering.storage(storage)
    return Checkpoint(
        format="torch (legacy)",
        location=str(path),
        files={path.name: window.size},
        tensors=tuple(gathering.tensors),
        storages=tuple(gathering.storages),
        parts={"pickle": at, "counts of storages": 8 * len(places)},
        values=tuple(found.values),
        code=tuple(code),
    )


def _order(system: object, where: str) -> str:
    little = system.get("little_endian") if isinstance(system, Pairs) else None
    if not isinstance(little, bool):
        raise Corrupt(f"{shown(system)} does not say the byte order", where=where)
    return "little" if little else "big"


def _wanted(main: Walked, keys: object, where: str) -> dict[str, Stored]:
    """The storages in the order stored; raises Corrupt where the list is not that of the pickle."""
    named = {one.key: one for one in (stored(found, where) for found in main.outside)}
    listed = [str(key) for key in keys] if isinstance(keys, list) else []
    if set(listed) != named.keys() or len(listed) != len(named):
        raise Corrupt("its list of storages is not that of its tensors", where=where)
    return {key: named[key] for key in listed}


def _places(cursor: Cursor, wanted: dict[str, Stored], order: str) -> dict[str, Storage]:
    """Where each storage lies, by its key; raises Corrupt where a count is not what the pickle says."""
    places: dict[str, Storage] = {}
    where = cursor.window.where
    for key, one in wanted.items():
        count = int.from_bytes(cursor.take(8), "big" if order == "big" else "little", signed=True)
        if count != one.elements:
            raise Corrupt(f"the storage {key} has {count} elements, its pickle says {one.elements}", where=where)
        places[key] = Storage(key, Path(where).name, cursor.skip(one.size), one.size, one.size)
    return places


MODEL_READER: ModelReader = ModelReader("torch (legacy)", "checkpoints of torch before 1.6", 10, recognise, read)
