"""Slims the demo service: time and bytes at each stage."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "build" / "demo"
SERVICE = ROOT / "examples" / "embedding-service" / "service"


def main() -> None:
    if not (DEMO / "naive").is_dir():
        sys.exit("the demo's image is not built: make demo")
    out = DEMO / "bench-slim"
    companion = DEMO / "bench-slim.removed.tar.zst"
    shutil.rmtree(out, ignore_errors=True)
    companion.unlink(missing_ok=True)
    asked = ["--probe", f"@{SERVICE / 'probes.json'}", "--check", f"@{SERVICE / 'checks.json'}"]
    words = ["slim", "naive", "-o", out.name, "--level", "tight", *asked, "--json"]
    since = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "deadweight", *words], cwd=DEMO, capture_output=True, check=False)
    wall = time.perf_counter() - since
    if done.returncode:
        sys.exit(done.stderr.decode())
    report = json.loads(done.stdout)
    for stage in report["stages"]:
        print(f"{stage['name']:<24}{stage['seconds']:9.2f} s")
    print(f"{'all':<24}{wall:9.2f} s\n")
    before, after = report["before"], report["after"]
    for name in ("total", "unpacked", "entries"):
        print(f"{name:<24}{before[name]:>15,} -> {after[name]:>15,}   {before[name] / after[name]:.2f}x")
    print(f"{'companion':<24}{companion.stat().st_size:>15,}")
    print(f"{'verdict':<24}{report['proof']['verdict']:>15}")


if __name__ == "__main__":
    main()
