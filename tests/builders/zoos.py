"""Zoos, and models to put into them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from builders.models import safetensors
from deadweight.core.zoo import Contents, reference
from deadweight.core.zoo_report import Added
from deadweight.zoo.adding import add
from deadweight.zoo.cleaning import Trial, clean
from deadweight.zoo.documents import contents
from deadweight.zoo.getting import get
from deadweight.zoo.naming import Wish
from deadweight.zoo.versions import version

LATER = 1e12
"""Seconds since 1970 by which every blob is old."""


def noise(seed: int, size: int) -> bytes:
    """Bytes that nothing compresses."""
    return random.Random(seed).randbytes(size)


def weights(seed: int, count: int, spread: float = 0.05) -> bytes:
    """float32 as those of a layer."""
    import numpy

    return (numpy.random.default_rng(seed).standard_normal(count) * spread).astype("<f4").tobytes()


def moved(body: bytes, seed: int, by: float) -> bytes:
    """float32 with noise of that share of their spread: as fine-tuning leaves them."""
    import numpy

    before = numpy.frombuffer(body, "<f4")
    step = numpy.random.default_rng(seed).standard_normal(len(before)) * float(before.std()) * by
    return (before + step).astype("<f4").tobytes()


def model(path: Path, tensors: Mapping[str, bytes]) -> Path:
    """A file of safetensors with vectors of float32."""
    return safetensors(path, {name: ("F32", (len(body) // 4,), body) for name, body in tensors.items()})


def added(root: Path, target: Path, name: str, parent: str = "", **notes: str) -> Added:
    """Add a version as of 1970."""
    return add(root, target, Wish(reference(name), 0, reference(parent) if parent else None, notes))


def back(root: Path, name: str, out: Path) -> bytes:
    """The file of a version; `out` is gone again."""
    get(root, reference(name), out)
    body = out.read_bytes()
    out.unlink()
    return body


def held(root: Path, name: str) -> Contents:
    """The contents of a version."""
    return contents(root, version(root, reference(name)))


def cleaned(root: Path) -> int:
    """Remove all that no version needs, however young; gives the bytes."""
    return clean(root, Trial(LATER)).removed_bytes


def blobs(root: Path) -> dict[str, int]:
    """Bytes of each blob by its name."""
    return {one.name: one.stat().st_size for one in (root / "blobs/sha256").iterdir()}


def stored(root: Path) -> int:
    """Bytes of all blobs."""
    return sum(blobs(root).values())


def litter(root: Path) -> list[str]:
    """What was left half written."""
    return sorted(one.name for one in (root / ".incoming").iterdir())
