"""Versions of models in one store: a zoo against plain copies, tar with zstd, and what deduplicates backups.

`python benchmarks/zoo.py [TEXT]` measures those whose title has the text; see docs/zoo.md. restic and borg are measured
where they are installed. Noise of a share of each tensor's spread stands in for training, in the layers that moved.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import Cost, measure, program
from model_packages import DATA, FILES, fetch

ROOM = DATA / "zoo"
LAST_LAYER = "encoder.layer.5."
NOISE = 1e-3
Store = Callable[[Sequence[tuple[str, Path]], Path], Cost]


@dataclass(frozen=True, slots=True)
class Case:
    """Versions that somebody keeps: the name and version of each, and its file or folder."""

    title: str
    versions: tuple[tuple[str, Path], ...]

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return sum(size_of(path) for _, path in self.versions)


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below."""
    return (
        path.stat().st_size if path.is_file() else sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
    )


def cases() -> tuple[Case, ...]:
    minilm, resemblyzer = DATA / FILES["MiniLM"], DATA / FILES["Resemblyzer"]
    stripped = ROOM / "stripped.pt"
    if not stripped.exists():
        _run([*deadweight(), "model", "strip", resemblyzer, "-o", stripped, "--quiet"])
    layer, whole = _noisy(minilm, "layer.safetensors", LAST_LAYER), _noisy(minilm, "whole.safetensors", "")
    return (
        Case("MiniLM, one layer trained", (("minilm:1", minilm), ("minilm:2", layer))),
        Case("MiniLM, all layers trained", (("minilm:1", minilm), ("minilm:2", whole))),
        Case("Resemblyzer, whole and stripped", (("resemblyzer:full", resemblyzer), ("resemblyzer:lean", stripped))),
        Case("silero-vad, eight files", (("silero:6", DATA / FILES["silero-vad, the set"]),)),
    )


def _noisy(source: Path, name: str, among: str) -> Path:
    """The model with noise in the tensors whose name holds that text."""
    import numpy
    from safetensors.numpy import load_file, save_file

    out = ROOM / name
    if out.exists():
        return out
    tensors, random = load_file(source), numpy.random.default_rng(0)
    for key in sorted(tensors):
        body = tensors[key]
        if among in key and body.dtype == numpy.float32:
            tensors[key] = (body + NOISE * body.std() * random.standard_normal(body.shape)).astype(numpy.float32)
    save_file(tensors, out, {"format": "pt"})
    return out


def deadweight() -> list[str]:
    return [sys.executable, "-m", "deadweight"]


def _run(words: Sequence[str | Path]) -> Cost:
    cost = measure(words, ROOM / "log")
    if cost.status:
        raise SystemExit(f"{' '.join(map(str, words))}: exit {cost.status}\n{(ROOM / 'log').read_text()}")
    return cost


def summed(costs: Sequence[Cost]) -> Cost:
    return Cost(sum(one.wall for one in costs), sum(one.cpu for one in costs), max(one.peak for one in costs), 0)


def in_zoo(versions: Sequence[tuple[str, Path]], place: Path) -> Cost:
    return summed([_run([*deadweight(), "zoo", "add", path, name, "--zoo", place, "-q"]) for name, path in versions])


def in_tar(versions: Sequence[tuple[str, Path]], place: Path) -> Cost:
    place.mkdir()
    files = " ".join(f"'{path}'" for _, path in versions)
    line = f"tar -cPf - {files} | zstd -q -9 --long=31 -T1 -o '{place}/all.tar.zst'"
    return _run(["sh", "-c", line])


def in_restic(versions: Sequence[tuple[str, Path]], place: Path) -> Cost:
    words: list[str | Path] = ["restic", "-q", "-r", place, "--no-cache"]
    _run([*words, "init", "--repository-version", "2"])
    return summed([_run([*words, "backup", "--compression", "max", path]) for _, path in versions])


def in_borg(versions: Sequence[tuple[str, Path]], place: Path) -> Cost:
    _run(["borg", "init", "-e", "none", place])
    packed: list[str | Path] = ["borg", "create", "--compression", "zstd,9"]
    return summed([_run([*packed, f"{place}::{name.replace(':', '-')}", path]) for name, path in versions])


STORES: dict[str, Store] = {
    "zoo": in_zoo,
    "tar, zstd -9 --long": in_tar,
    "restic, max": in_restic,
    "borg, zstd 9": in_borg,
}
NEEDS = {"tar, zstd -9 --long": "zstd", "restic, max": "restic", "borg, zstd 9": "borg"}


def stored(case: Case, name: str) -> tuple[int, Cost] | None:
    """Bytes of the store with all versions in it, and what that cost; None where its program is not there."""
    if name in NEEDS and program(NEEDS[name]) is None:
        return None
    place = ROOM / "store"
    shutil.rmtree(place, ignore_errors=True)
    cost = STORES[name](case.versions, place)
    size = size_of(place)
    if name == "zoo":
        check_back(case, place)
    shutil.rmtree(place)
    return size, cost


def check_back(case: Case, place: Path) -> None:
    """Every file is as it was, held against the original and not against what the store says."""
    for name, path in case.versions:
        out = ROOM / "back"
        _run([*deadweight(), "zoo", "get", name, "-o", out, "--zoo", place, "-q"])
        _run(["diff", "-r", path, out])
        shutil.rmtree(out) if out.is_dir() else out.unlink()


def told(found: tuple[int, Cost] | None, size: int) -> str:
    if found is None:
        return "-"
    stored_size, cost = found
    return f"{stored_size / 1e6:.2f} MB, {size / stored_size:.2f}x, {cost.cpu:.1f} s"


def main() -> None:
    os.environ.update({"RESTIC_PASSWORD": "benchmark", "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"})
    os.environ.update({"SOURCE_DATE_EPOCH": "0", "BORG_BASE_DIR": str(ROOM / "borg")})
    fetch()
    ROOM.mkdir(parents=True, exist_ok=True)
    print(f"| versions | plain copies | {' | '.join(STORES)} |")
    print(f"|---|{'---|' * (len(STORES) + 1)}")
    text = sys.argv[1] if len(sys.argv) > 1 else ""
    for case in (one for one in cases() if text in one.title):
        cells = [told(stored(case, name), case.size) for name in STORES]
        print(f"| {case.title} | {case.size / 1e6:.2f} MB | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
