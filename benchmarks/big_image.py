"""Makes a docker archive of 2.5 GB and 100 000 entries, as a service with a CUDA stack has them."""

from __future__ import annotations

import hashlib
import io
import json
import random
import sysconfig
import tarfile
from collections.abc import Iterator
from pathlib import Path

ENTRIES = 100_000
BYTES = 2_500_000_000
LAYERS = 3
LARGE = 60
FILES = 200
SITE = "usr/local/lib/python3.11/site-packages"
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
    """One layer: sources and data of about 6 kB, installed as distributions, and large libraries at the end."""
    block = chance.randbytes(1 << 22)
    library = _library()
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as layer:
        packages = (ENTRIES // LAYERS - LARGE) // (FILES + 2)
        for package in range(packages):
            rows = []
            for name, size in _files(place, package, chance):
                start = chance.randrange(1 << 20)
                _add(layer, name, block[start : start + size])
                rows.append(f"{name},,{size}\n")
            for name, text in _metadata(f"layer{place}-package{package}", rows):
                _add(layer, name, text.encode())
        size = (BYTES // LAYERS - packages * FILES * 6000) // LARGE
        for number in range(LARGE):
            body = (library + block * (size // len(block) + 1))[:size]
            _add(layer, f"{SITE}/layer{place}_native/libpart{number}.so", body)
    with path.open("rb") as stream:
        return path, hashlib.file_digest(stream, "sha256").hexdigest()


def _files(place: int, package: int, chance: random.Random) -> Iterator[tuple[str, int]]:
    """The files of a distribution; every tenth is written again in each layer."""
    for number in range(FILES):
        kind = KINDS[number % len(KINDS)].format(number // 4 * 4)
        again = place if number % 10 else 0
        yield f"{SITE}/layer{again}_package{package}/{kind}", int(chance.expovariate(1 / 6000)) + 1


def _metadata(name: str, rows: list[str]) -> Iterator[tuple[str, str]]:
    info = f"{SITE}/{name.replace('-', '_')}-1.0.dist-info"
    yield f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    files = [row.removeprefix(f"{SITE}/") for row in rows]
    yield f"{info}/RECORD", "".join(files)


def _library() -> bytes:
    """A real shared library, so that readers of native code have something to read."""
    place = Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib")
    found = next(iter([*place.glob("libpython*.so.*"), *Path("/usr/lib").glob("*/libc.so.6")]))
    return found.read_bytes()


def _add(layer: tarfile.TarFile, name: str, body: bytes) -> None:
    layer.addfile(_header(name, len(body)), io.BytesIO(body))


def _header(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mtime = 1_700_000_000
    return info
