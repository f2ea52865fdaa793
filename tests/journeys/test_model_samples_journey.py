"""TorchScript and torch.export files are judged by samples, and held against each other, where torch is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import deadweight

pytestmark = pytest.mark.journey

ROOT = Path(deadweight.__file__).parents[2]
MADE = """
import sys, numpy, torch
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(32, 256), torch.nn.ReLU(), torch.nn.Linear(256, 10)).eval()
inputs = numpy.random.default_rng(0).normal(size=(2000, 32)).astype("float32")
numpy.savez("data.npz", inputs=inputs)
torch.jit.save(torch.jit.script(net), "net.pt")
shapes = ({0: torch.export.Dim.AUTO},)
torch.export.save(torch.export.export(net, (torch.from_numpy(inputs[:4]),), dynamic_shapes=shapes), "net.pt2")
torch.save(net.state_dict(), "weights.pt")
numpy.save("rows.npy", net(torch.from_numpy(inputs)).detach().numpy())
"""
ASKED = """
import sys, numpy
from pathlib import Path
from deadweight.judging.samples import program_of_samples
rows, inputs = numpy.load("rows.npy"), numpy.load("data.npz")["inputs"]
path = Path(sys.argv[1])
program = program_of_samples(path, Path("data.npz"))
print(numpy.abs(program.rows(program.build_file(path), [(one,) for one in inputs]) - rows).max() < 1e-5)
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of its own with torch for the processor, and deadweight as it stands here."""
    folder = tmp_path_factory.mktemp("torch") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    words = [str(folder / "bin" / "pip"), "install", "--quiet", "torch==2.13.0", "-e", f"{ROOT}[models]"]
    subprocess.run(words, check=True)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def files(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One net as a program of two kinds and as weights, its inputs and its answers."""
    folder = tmp_path_factory.mktemp("files")
    subprocess.run([python, "-W", "ignore", "-c", MADE], check=True, cwd=folder)
    return folder


@pytest.mark.parametrize("name", ["net.pt", "net.pt2"])
def test_rows_are_those_of_torch(python: Path, files: Path, name: str) -> None:
    done = subprocess.run([python, "-c", ASKED, name], check=True, cwd=files, capture_output=True, text=True)
    assert done.stdout.strip() == "True"


READ = """
import torch
from pathlib import Path
from deadweight.squeezing.storing.files import stored_of
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = torch.nn.Linear(8, 9), torch.nn.Linear(9, 8)
        self.two.weight = torch.nn.Parameter(self.one.weight.detach().t())
        self.part = torch.nn.Parameter(torch.randn(10, 8)[2:4, ::2])
        self.register_buffer("brain", torch.randn(5, 6).to(torch.bfloat16))
        self.register_buffer("unsaved", torch.randn(4), persistent=False)
        self.fixed = torch.full((3, 3), 2.0)
    def forward(self, x):
        more = self.part.sum() + self.brain.float().sum() + self.fixed.sum() + self.unsaved.sum()
        return self.two(self.one(x)) + more
torch.export.save(torch.export.export(Net(), (torch.randn(2, 8),)), "read.pt2")
program = torch.export.load("read.pt2")
right = {**program.state_dict, **program.constants}
found = stored_of(Path("read.pt2")).tensors
assert set(found) == set(right), (set(found), set(right))
assert all(torch.equal(torch.tensor(found[name]), one.detach().float()) for name, one in right.items())
print(len(found))
"""


def test_the_tensors_of_an_exported_program_are_those_that_torch_loads(python: Path, files: Path) -> None:
    words = [str(python), "-W", "ignore", "-c", READ]
    done = subprocess.run(words, check=False, cwd=files, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "8"


def test_weights_alone_run_nothing_and_are_told(python: Path, files: Path) -> None:
    words = [str(python), "-m", "deadweight", "model", "compare", "weights.pt", "net.pt", "--samples", "data.npz"]
    done = subprocess.run(words, cwd=files, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "it holds weights, and no program that runs" in done.stderr


def test_a_program_is_squeezed_and_held_against_itself(python: Path, files: Path) -> None:
    deadweight_model = [str(python), "-m", "deadweight", "model"]
    squeezed = [
        "squeeze",
        "net.pt",
        "-o",
        "small.safetensors",
        "--samples",
        "data.npz",
        "--method",
        "int8",
        "--keep",
        "0.9",
    ]
    subprocess.run([*deadweight_model, *squeezed], check=True, cwd=files)
    for other, least in (("small.safetensors", 0.9), ("net.pt2", 1.0)):
        words = ["compare", "net.pt", other, "--samples", "data.npz", "--batch", "8", "--starts", "2", "--json"]
        done = subprocess.run([*deadweight_model, *words], check=True, cwd=files, capture_output=True, text=True)
        said = json.loads(done.stdout)
        assert said["tasks"][0]["ratio"]["value"] >= least
        assert said["second"]["costs"]["calls"][0]["wall"]["value"] > 0
