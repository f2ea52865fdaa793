"""Checkpoints as programs save them, as bytes for a scene."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy

from builders.models import Call, Name, Storage, safetensors, torch_legacy, torch_zip, view


def noise(count: int, seed: int = 7) -> bytes:
    """float32 of a normal distribution."""
    return numpy.random.default_rng(seed).standard_normal(count).astype(numpy.float32).tobytes()


def trained(count: int = 30_000, *, legacy: bool = False) -> bytes:
    """A model beside the two moments of its optimizer, as a trainer saves them, and the step it was at."""
    storages = [Storage(str(key), "float32", noise(count, key)) for key in range(3)]
    weight, first, second = (view(one, 0, (count // 10, 10), (10, 1)) for one in storages)
    tree = {
        "model_state": {"layer.weight": weight},
        "optimizer_state": {"state": {0: {"exp_avg": first, "exp_avg_sq": second}}, "param_groups": [{"lr": 0.1}]},
        "step": 1500,
    }
    return _written("a.pt", lambda path: (torch_legacy if legacy else torch_zip)(path, tree, storages))


def of_safetensors(*tensors: tuple[str, int], seed: int = 7) -> bytes:
    """Tensors of noise by name and number of elements; the same seed, the same elements."""
    made = {name: ("F32", (count,), noise(count, seed + place)) for place, (name, count) in enumerate(tensors)}
    return _written("a.safetensors", lambda path: safetensors(path, made))


def of_torch(*tensors: tuple[str, int], seed: int = 7) -> bytes:
    """The same for torch."""
    storages = [Storage(str(place), "float32", noise(count, seed + place)) for place, (_, count) in enumerate(tensors)]
    tree = {name: view(one, 0, (count,), (1,)) for (name, count), one in zip(tensors, storages, strict=True)}
    return _written("a.pt", lambda path: torch_zip(path, tree, storages))


def of_halves(count: int) -> bytes:
    """float32 that were bfloat16 before."""
    words = numpy.frombuffer(noise(count), "<u4") & 0xFFFF0000
    made = {"w": ("F32", (count,), words.astype("<u4").tobytes())}
    return _written("a.safetensors", lambda path: safetensors(path, made))


def that_calls(module: str, name: str) -> bytes:
    """A checkpoint of torch that calls something when it is loaded."""
    return _written("a.pt", lambda path: torch_zip(path, {"a": Call(Name(module, name), ("id",))}, []))


def _written(name: str, write: object) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        assert callable(write)
        write(path)
        return path.read_bytes()
