"""What calibration tells of layers of torch, held against torch itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import deadweight

pytestmark = pytest.mark.journey

_NEEDS = ("torch==2.13.0", "numpy", "msgspec", "backports.zstd", "blake3")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has torch."""
    folder = tmp_path_factory.mktemp("torch") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", *_NEEDS], check=True)
    return folder / "bin" / "python"


@pytest.mark.parametrize("laws", ["layers_of_torch.py", "answers_of_torch.py", "following_of_torch.py"])
def test_what_layers_are_given_and_how_they_are_fitted_holds_of_torch_itself(python: Path, laws: str) -> None:
    source = str(Path(deadweight.__file__).parents[1])
    done = subprocess.run(
        [str(python), str(Path(__file__).with_name(laws))],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "held\n", done.stderr[-3000:]
