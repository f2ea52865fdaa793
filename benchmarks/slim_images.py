"""Slims naive images: bytes on disk and to pull, before and after, with what the proof said.

    python benchmarks/slim_images.py [flask] [scikit-learn] [torch] [torch-cuda] [--level tight] [--markdown] [--kept]

The images are built from `benchmarks/images/*` on a base like python:3.11 (mmdebstrap, buildah; as root), each once.
Probes are watched and asked while slimming; checks are asked in the proof alone. Each report is kept beside the images;
`--kept` tells them again without a run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from measuring import Cost, measure

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "examples"))
from python_image import build_image  # noqa: E402  (it lies beside the examples)

DEADWEIGHT = (sys.executable, "-m", "deadweight")
FOLDERS = Path(__file__).parent / "images"
BUILD = ROOT / "build" / "images"
HEAD = ("image", "on disk", "", "times", "to pull", "", "times", "proof", "planning (CPU)", "memory")
PROCESSORS = "x86-64-v3,x86-64-v4"
"""What the service is to run on: AVX2, or AVX-512. Both have the kernels that they had before."""
CODEC = "zstd:12"
"""What the layers that are written anew are packed with; what is pulled before is gzip, as docker push made it."""


@dataclass(frozen=True, slots=True)
class Image:
    """One image: the folder that it is built of, what is swapped in it, and whether pip finds builds for the processor.

    The CUDA build of torch is what one gets by accident: of its usual index, with no other asked.
    """

    title: str
    folder: Path
    swaps: tuple[str, ...] = ()
    wheels: bool = False


IMAGES = {
    "flask": Image("Flask", FOLDERS / "flask"),
    "scikit-learn": Image("Flask, scikit-learn, pandas", FOLDERS / "scikit-learn"),
    "torch": Image("torch for the processor, transformers", FOLDERS / "torch", wheels=True),
    "torch-cuda": Image("the same with CUDA, `--swap torch=cpu`", FOLDERS / "torch", swaps=("torch=cpu",)),
}


@dataclass(frozen=True, slots=True)
class Result:
    """One image: the report of slimming it, and what planning it cost without runs, None where that is not known."""

    name: str
    report: dict[str, Any]
    planning: Cost | None

    @property
    def on_disk(self) -> tuple[int, int]:
        """The unpacked bytes before and after."""
        return self.report["before"]["unpacked"], self.report["after"]["unpacked"]

    @property
    def to_pull(self) -> tuple[int, int]:
        """The bytes that one pulls who has nothing of it, before and after."""
        nothing_there = self.report["pulls"][0]
        return nothing_there["before"], nothing_there["after"]

    @property
    def is_whole(self) -> bool:
        """Whether every probe and every check came out the same."""
        proof = self.report["proof"]
        return proof["verdict"] == "same" and all(one["verdict"] == "same" for one in proof["comparisons"])

    def cells(self) -> Iterator[str]:
        """The cells of its line of the table."""
        yield IMAGES[self.name].title
        for before, after in (self.on_disk, self.to_pull):
            yield f"{before / 1e6:,.0f} MB"
            yield f"{after / 1e6:,.1f} MB"
            yield f"{before / after:.1f}x"
        proof = self.report["proof"]
        same = sum(one["verdict"] == "same" for one in proof["comparisons"])
        yield f"{proof['verdict']}, {same} of {len(proof['comparisons'])}, {len(proof['undone'])} undone"
        yield f"{self.planning.wall:.0f} s ({self.planning.cpu:.0f} s)" if self.planning else "-"
        yield f"{self.planning.peak / 1e6:.0f} MB" if self.planning else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", nargs="*", help="which; all where none is named")
    parser.add_argument("--level", default="tight")
    parser.add_argument("--markdown", action="store_true", help="the table as the README has it")
    parser.add_argument("--kept", action="store_true", help="tell the last reports again, without a run")
    asked = parser.parse_args()
    told = kept if asked.kept else slimmed
    rows = [tuple(told(name, asked.level).cells()) for name in asked.images or IMAGES]
    for row in table(rows, markdown=asked.markdown):
        print(row)


def slimmed(name: str, level: str) -> Result:
    """Build the image where it is not there, plan it once for the cost, and slim it with a proof."""
    image, made_of = BUILD / name, IMAGES[name]
    BUILD.mkdir(parents=True, exist_ok=True)
    if not image.is_dir():
        build_image(made_of.folder, image, lambda text: say(f"{name}: {text}"), wheels=made_of.wheels)
    processors = ("--cpu", PROCESSORS) if level == "tight" else ()
    cutting = ("--level", level, *processors, *(word for swap in made_of.swaps for word in ("--swap", swap)))
    write_cost(name, level, planned(image, cutting))
    out = BUILD / f"{name}-{level}"
    shutil.rmtree(out, ignore_errors=True)
    out.with_name(f"{out.name}.removed.tar.zst").unlink(missing_ok=True)
    asking = (
        word
        for option in ("--probe", "--check")
        for word in (option, f"@{made_of.folder / option.removeprefix('--')}s.json")
    )
    words = (*DEADWEIGHT, "slim", image, "-o", out, *cutting, *asking, "--codec", CODEC, "--json")
    done = subprocess.run([*map(str, words)], capture_output=True, check=False)
    if done.returncode:
        sys.exit(done.stderr.decode())
    (BUILD / f"{name}-{level}.json").write_bytes(done.stdout)
    return kept(name, level)


def planned(image: Path, cutting: tuple[str, ...]) -> Cost:
    """What planning costs where no run was watched."""
    (BUILD / "plan.json").unlink(missing_ok=True)
    words: tuple[str | Path, ...] = (*DEADWEIGHT, "plan", image, *cutting, "-o", BUILD / "plan.json", "--quiet")
    cost = measure(words, BUILD / "plan.log")
    if cost.status:
        sys.exit((BUILD / "plan.log").read_text())
    return cost


def write_cost(name: str, level: str, cost: Cost) -> None:
    (BUILD / f"{name}-{level}.cost.json").write_text(json.dumps(asdict(cost)))


def kept(name: str, level: str) -> Result:
    """The last report of the image."""
    cost = BUILD / f"{name}-{level}.cost.json"
    planning = Cost(**json.loads(cost.read_text())) if cost.is_file() else None
    return Result(name, json.loads((BUILD / f"{name}-{level}.json").read_bytes()), planning)


def say(text: str) -> None:
    print(f"--- {text}", file=sys.stderr, flush=True)


def table(rows: list[tuple[str, ...]], *, markdown: bool) -> Iterator[str]:
    """The lines of the table, in columns or as Markdown."""
    lines = [HEAD, *rows]
    if markdown:
        lines.insert(1, ("---",) * len(HEAD))
        yield from (f"| {' | '.join(row)} |" for row in lines)
        return
    widths = [max(len(row[place]) for row in lines) for place in range(len(HEAD))]
    for row in lines:
        yield "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))


if __name__ == "__main__":
    main()
