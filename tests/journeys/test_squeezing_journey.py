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


def test_what_layers_are_given_is_what_torch_makes_their_outputs_of(python: Path) -> None:
    source = str(Path(deadweight.__file__).parents[1])
    laws = Path(__file__).with_name("layers_of_torch.py")
    done = subprocess.run(
        [str(python), str(laws)],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "held\n", done.stderr[-3000:]
