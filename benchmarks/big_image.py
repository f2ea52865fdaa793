"""Makes a docker archive of 2.5 GB and 100 000 entries, as a service with a CUDA stack has them."""

from __future__ import annotations

import hashlib
import io
import json
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path

ENTRIES = 100_000
BYTES = 2_500_000_000
LAYERS = 3
LARGE = 60
KINDS = ("module{0}.py", "__pycache__/module{0}.cpython-311.pyc", "tests/test_{0}.py", "data{0}.json")


def make(out: Path, seed: int = 7) -> None:
    """Write the archive: many small sources and bytecode, some large libraries, some of it written twice."""
    chance = random.Random(seed)
    folder = out.with_suffix(".layers")
    folder.mkdir(parents=True, exist_ok=True)
    layers = [_layer(folder / f"{place}.tar", place, chance) for place in range(LAYERS)]
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["python3"]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for _, digest in layers]},
            "history": [{"created_by": f"RUN step {place}"} for place in range(LAYERS)],
        }
    ).encode()
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    names = [f"{digest}/layer.tar" for _, digest in layers]
    manifest = json.dumps([{"Config": name, "RepoTags": ["big:latest"], "Layers": names}]).encode()
    with tarfile.open(out.with_suffix(".part"), "w", format=tarfile.GNU_FORMAT) as archive:
        for (path, _), inner in zip(layers, names, strict=True):
            archive.add(path, inner)
            path.unlink()
        for inner, body in ((name, config), ("manifest.json", manifest)):
            archive.addfile(_header(inner, len(body)), io.BytesIO(body))
    folder.rmdir()
    out.with_suffix(".part").rename(out)


def _layer(path: Path, place: int, chance: random.Random) -> tuple[Path, str]:
    block = chance.randbytes(1 << 22)
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as layer:
        for name, size in _names(place, chance):
            start = chance.randrange(1 << 20)
            repeated = (block[start:] + block) * (size // len(block) + 1) if size > 1 << 21 else block[start:]
            layer.addfile(_header(name, size), io.BytesIO(repeated[:size]))
    with path.open("rb") as stream:
        return path, hashlib.file_digest(stream, "sha256").hexdigest()


def _names(place: int, chance: random.Random) -> Iterator[tuple[str, int]]:
    site = "usr/local/lib/python3.11/site-packages"
    small = ENTRIES // LAYERS - LARGE
    for number in range(small):
        package = f"package{number // 200}"
        kind = KINDS[number % len(KINDS)]
        again = place if number % 10 else 0
        yield f"{site}/layer{again}_{package}/{kind.format(number // 4 * 4)}", int(chance.expovariate(1 / 6000)) + 1
    rest = (BYTES // LAYERS - small * 6000) // LARGE
    for number in range(LARGE):
        yield f"{site}/layer{place}_native/libpart{number}.so", rest


def _header(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mtime = 1_700_000_000
    return info
