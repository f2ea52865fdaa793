"""The demo as its README promises it: ten times fewer bytes to pull, six times fewer on disk, every answer the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from builders.journeys import run

pytestmark = pytest.mark.journey

ROOT = Path(__file__).resolve().parents[2]


def test_the_demo_becomes_ten_times_smaller_to_pull_and_answers_the_same(tmp_path: Path) -> None:
    if not (ROOT / "build" / "demo" / "naive").is_dir():
        pytest.skip("the naive image is not built: make demo")
    run(sys.executable, ROOT / "examples" / "embedding-service" / "demo.py", "--json", tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["proof"]["verdict"] == "same"
    assert {one["verdict"] for one in report["proof"]["comparisons"]} == {"same"}
    assert report["before"]["unpacked"] >= 6 * report["after"]["unpacked"]
    assert report["pulls"][0]["before"] >= 10 * report["pulls"][0]["after"]
