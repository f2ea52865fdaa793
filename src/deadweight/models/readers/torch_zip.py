"""Checkpoints of torch since 1.6, and TorchScript: a zip with a pickle and a member for each storage.

Source: torch/serialization.py, caffe2/serialize/inline_container.h. `byteorder` says how the storages were written;
files without it are little-endian.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deadweight.core.errors import Corrupt
from deadweight.core.model_seams import ModelReader
from deadweight.core.plural import plural
from deadweight.core.tensor import Checkpoint, Code
from deadweight.models.gathering import Gathering
from deadweight.models.pickles.walker import walk
from deadweight.models.readers.torch_storages import Found, Stored
from deadweight.models.zips import MAGIC, ModelZip, members, opened

_PICKLES = {"data.pkl": "data", "constants.pkl": "constants"}
_PROGRAM = "torch.jit"
UNSEEN = "storages that no pickle names"


def recognise(path: Path, head: bytes) -> bool:
    """A zip whose members lie in one folder, with a pickle of the name."""
    if not head.startswith(MAGIC):
        return False
    return any(name.count("/") <= 1 and name.rpartition("/")[2] == "data.pkl" for name in members(path))


def read(path: Path) -> Checkpoint:
    """The tensors of all pickles in the zip."""
    with path.open("rb") as file:
        return _read(opened(file, path))


def _read(archive: ModelZip) -> Checkpoint:
    gathering = Gathering(str(archive.path))
    taken: set[str] = set()
    found = Found(gathering, _order(archive))
    code = list(_programs(archive))
    for name in archive.places:
        folder, _, last = name.rpartition("/")
        if last in _PICKLES and "/" not in folder:
            walked = walk(archive.window(name))
            code.extend(one for one in walked.code if not one.name.startswith("__torch__."))
            within = f"{folder}/{_PICKLES[last]}/".lstrip("/")
            found.take(walked.value, _Placing(archive, within, gathering, taken))
    return Checkpoint(
        format="TorchScript" if len(code) and code[0].name == _PROGRAM else "torch",
        location=str(archive.path),
        files={archive.path.name: archive.path.stat().st_size},
        tensors=tuple(gathering.tensors),
        storages=tuple(gathering.storages),
        parts=_parts(archive, taken),
        values=tuple(found.values),
        code=tuple(code),
    )


def _order(archive: ModelZip) -> str:
    name = next((name for name in archive.places if name.rpartition("/")[2] == "byteorder"), "")
    order = archive.body(name).decode("ascii", "replace").strip() if name else "little"
    if order not in ("little", "big"):
        raise Corrupt(f"{order!r} is no byte order", where=str(archive.path))
    return order


def _programs(archive: ModelZip) -> Iterator[Code]:
    """A program of TorchScript is code, though only torch's own interpreter runs it."""
    files = [name for name in archive.places if "code/" in name and name.endswith(".py")]
    if files:
        says = f"is a program in {plural(len(files), 'file')} that torch.jit runs"
        yield Code(_PROGRAM, says, f"{archive.path}, {files[0]}")


def _parts(archive: ModelZip, taken: set[str]) -> dict[str, int]:
    """Members without tensors by what they are; headers are what is left between them."""
    found = archive.sizes(taken, {".pkl": "pickle", "code/": "program", "/data/": UNSEEN})
    bodies = sum(place.member.packed for place in archive.places.values())
    found["zip headers"] = archive.path.stat().st_size - bodies
    return found


class _Placing:
    """Finds the member of a storage."""

    def __init__(self, archive: ModelZip, folder: str, gathering: Gathering, taken: set[str]) -> None:
        self.archive, self.folder, self.gathering, self.taken = archive, folder, gathering, taken

    def __call__(self, stored: Stored) -> int:
        name = self.folder + stored.key
        if name not in self.archive.places:
            raise Corrupt(f"the storage {name!r} is not in the zip", where=self.gathering.where)
        storage = self.archive.storage(name)
        if storage.size < stored.size:
            raise Corrupt(
                f"the storage {name!r} has {storage.size} bytes, its pickle says {stored.size}",
                where=self.gathering.where,
            )
        self.taken.add(name)
        return self.gathering.storage(storage)


MODEL_READER: ModelReader = ModelReader("torch", "checkpoints of torch since 1.6, TorchScript", 20, recognise, read)
