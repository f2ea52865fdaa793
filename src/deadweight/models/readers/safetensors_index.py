"""Checkpoints in several files of safetensors, with an index that says which tensor lies where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.gap import Gap
from deadweight.core.model_seams import ModelReader
from deadweight.core.plural import agreeing, plural
from deadweight.core.tensor import Checkpoint, Storage, Tensor
from deadweight.models.readers import safetensors, torch_zip
from deadweight.models.window import first_bytes

_LONGEST = 64 << 20


def recognise(path: Path, head: bytes) -> bool:
    """A file of JSON by that ending with a map of weights."""
    if not path.name.endswith(".index.json") or head.lstrip()[:1] != b"{" or path.stat().st_size > _LONGEST:
        return False
    return b'"weight_map"' in path.read_bytes()


def read(path: Path) -> Checkpoint:
    """The tensors of all files that the index names; one that is missing is an error, one too many a gap."""
    weights = _weights(path)
    shards = {name: _shard(path.parent / name) for name in dict.fromkeys(weights.values())}
    _check(path, weights, shards)
    tensors: list[Tensor] = []
    storages: list[Storage] = []
    parts = {"index": path.stat().st_size}
    for shard in shards.values():
        tensors += [replace(one, storage=one.storage + len(storages)) for one in shard.tensors]
        storages += shard.storages
        for cause, size in shard.parts.items():
            parts[cause] = parts.get(cause, 0) + size
    files = {path.name: path.stat().st_size}
    for shard in shards.values():
        files |= shard.files
    code = tuple(one for shard in shards.values() for one in shard.code)
    whole = Checkpoint(
        f"{next(iter(shards.values())).format} in shards", str(path), files, tuple(tensors), tuple(storages)
    )
    return replace(whole, parts=parts, code=code, gaps=_strange(path, weights, tensors))


def _weights(path: Path) -> Mapping[str, str]:
    try:
        weights = json.loads(path.read_bytes())["weight_map"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Corrupt(f"its index cannot be read ({error})", where=str(path)) from error
    if not isinstance(weights, dict) or not weights or not all(isinstance(name, str) for name in weights.values()):
        raise Corrupt("its index names no file for each tensor", where=str(path))
    for name in weights.values():
        if Path(name).name != name or name in ("", ".", ".."):
            raise Hostile(f"its index names {name!r}, which does not lie beside it", where=str(path))
    return weights


def _shard(path: Path) -> Checkpoint:
    if not path.is_file():
        raise Corrupt("the index names this file and it is not there", where=str(path), advice="Fetch it too.")
    head = first_bytes(path)
    readers = ((safetensors.recognise, safetensors.read), (torch_zip.recognise, torch_zip.read))
    for is_one, read_one in readers:
        if is_one(path, head):
            return read_one(path)
    raise Corrupt("the index names this file, and it is neither safetensors nor torch", where=str(path))


def _check(path: Path, weights: Mapping[str, str], shards: Mapping[str, Checkpoint]) -> None:
    held = {(one.name, name) for name, shard in shards.items() for one in shard.tensors}
    missing = [name for name, file in weights.items() if (name, file) not in held]
    if missing:
        told = f"{plural(len(missing), 'tensor')} {agreeing(len(missing), 'is')} not in the file that the index names"
        raise Corrupt(f"{told}, {missing[0]!r} first", where=str(path))


def _strange(path: Path, weights: Mapping[str, str], tensors: list[Tensor]) -> tuple[Gap, ...]:
    extra = [one.name for one in tensors if one.name not in weights]
    if not extra:
        return ()
    told = f"{plural(len(extra), 'tensor')} of its files {agreeing(len(extra), 'is')} not in the index"
    return (Gap("shards", str(path), f"{told}, {extra[0]!r} first"),)


MODEL_READER: ModelReader = ModelReader("shards", "several files with an index of their tensors", 5, recognise, read)
