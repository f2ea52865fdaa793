"""The single steps of `deadweight model` beside the libraries that they are named after: torch, gguf, onnxruntime."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.journey

ROOT = Path(__file__).parents[2]
WORLD = {**os.environ, "OMP_NUM_THREADS": "1"}
"""Threads that wait for one another take minutes where other work has the processor."""
TASK = """
import numpy as np
import torch

RANDOM = np.random.default_rng(7)
INPUTS = [RANDOM.integers(0, 400, int(length)) for length in RANDOM.integers(3, 12, 500)]


class Reader(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.words = torch.nn.Embedding(400, 32)
        self.wide = torch.nn.Linear(32, 256)
        self.word = torch.nn.Linear(256, 20)
        self.load_state_dict({name: torch.tensor(np.asarray(one, np.float32)) for name, one in weights.items()})

    def forward(self, ids, mask):
        seen = (self.words(ids) * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return self.word(torch.nn.functional.gelu(self.wide(seen)))


def build(weights):
    return Reader(weights).eval()


def example(inputs):
    masks = [torch.ones(len(one)) for one in inputs]
    ids = [torch.tensor(one) for one in inputs]
    return tuple(torch.nn.utils.rnn.pad_sequence(one, batch_first=True) for one in (ids, masks))


def forward(model, inputs):
    return model(*example(inputs))


def predict(model, inputs):
    with torch.inference_mode():
        return forward(model, inputs).numpy()


def calibration():  # the first ones are as long as one another, as the first texts of MiniLM are
    return sorted(INPUTS[:100], key=len)


def prepare(model):
    global RIGHT
    RIGHT = {id(one): row for one, row in zip(INPUTS, predict(model, INPUTS).argmax(1))}


def same(rows, labels):
    return float(np.mean([row.argmax() == RIGHT[id(INPUTS[at])] for row, at in zip(rows, labels)]))


def tasks():
    some, rest = list(range(100, 300)), list(range(300, 500))
    parts = {name: ([INPUTS[at] for at in places], places) for name, places in (("development", some), ("gate", rest))}
    return {"words": {**parts, "metric": same}}
"""
MADE = """
import sys, torch
from safetensors.torch import save_file
torch.manual_seed(3)
layers = {"words": torch.nn.Embedding(400, 32), "wide": torch.nn.Linear(32, 256), "word": torch.nn.Linear(256, 20)}
held = {f"{name}.{own}": one.data for name, layer in layers.items() for own, one in layer.named_parameters()}
save_file(held, sys.argv[1])
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of its own with this project, torch for the processor, and gguf."""
    folder = tmp_path_factory.mktemp("torch") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "torch==2.13.0"], check=True)
    subprocess.run([*pip, "-e", f"{ROOT}[models]", "onnxscript", "gguf"], check=True)
    return folder / "bin" / "python"


@pytest.fixture
def model(python: Path, tmp_path: Path) -> Path:
    ran(python, MADE, tmp_path / "model.safetensors")
    (tmp_path / "task.py").write_text(TASK)
    return tmp_path / "model.safetensors"


def ran(python: Path, program: str, *words: str | Path) -> str:
    done = subprocess.run(
        [python, "-c", program, *map(str, words)], capture_output=True, text=True, check=False, env=WORLD
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def step(python: Path, *words: str | Path) -> dict[str, Any]:
    """A step of `deadweight model`, its JSON."""
    line = [str(python), "-m", "deadweight", "model", *map(str, words), "--json"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=WORLD)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


AS_TORCH_PRUNES = """
import sys, torch
from torch.nn.utils import prune
from safetensors.torch import load_file
full, layer, whole = map(load_file, sys.argv[1:])
names = ["words.weight", "wide.weight", "word.weight"]
modules = []
for name in names:
    module = torch.nn.Module()
    module.weight = torch.nn.Parameter(full[name].clone())
    prune.l1_unstructured(module, "weight", amount=0.3)
    assert torch.equal(module.weight, layer[name]), name
    again = torch.nn.Module()
    again.weight = torch.nn.Parameter(full[name].clone())
    modules.append((again, "weight"))
prune.global_unstructured(modules, pruning_method=prune.L1Unstructured, amount=0.3)
assert all(torch.equal(module.weight, whole[name]) for (module, _), name in zip(modules, names))
assert all(torch.equal(full[name], layer[name]) for name in full if name.endswith("bias"))
print("equal")
"""


def test_pruning_takes_the_weights_that_torch_takes(python: Path, model: Path, tmp_path: Path) -> None:
    layer, whole = tmp_path / "layer.safetensors", tmp_path / "whole.safetensors"
    step(python, "prune", model, "-o", layer, "--amount", "0.3")
    step(python, "prune", model, "-o", whole, "--amount", "0.3", "--scope", "global")
    assert ran(python, AS_TORCH_PRUNES, model, layer, whole) == "equal\n"


AS_TORCH_CASTS = """
import sys, torch
from safetensors.torch import load_file
full, brain = load_file(sys.argv[1]), load_file(sys.argv[3])
half = torch.load(sys.argv[2], weights_only=True, mmap=True)
for name, one in full.items():
    assert torch.equal(one.to(torch.float16), half[name]) and torch.equal(one.to(torch.bfloat16), brain[name])
print("equal")
"""


def test_other_dtypes_are_what_torch_makes_of_them(python: Path, model: Path, tmp_path: Path) -> None:
    step(python, "convert", model, "-o", tmp_path / "half.pt", "--dtype", "fp16")
    step(python, "convert", model, "-o", tmp_path / "brain.safetensors", "--dtype", "bf16")
    paths = (tmp_path / "half.pt", tmp_path / "brain.safetensors")
    assert ran(python, AS_TORCH_CASTS, model, *paths) == "equal\n"


WRITTEN_BY_GGUF = """
import sys, gguf, numpy as np
kinds = {"q8_0": 8, "q4_0": 2, "q4_1": 3, "q5_0": 6, "q5_1": 7}
writer = gguf.GGUFWriter(sys.argv[1], "llama")
values, right = np.random.default_rng(1).normal(size=(6, 96)).astype(np.float32), {}
for name, number in kinds.items():
    kind = gguf.GGMLQuantizationType(number)
    blocks = gguf.quants.quantize(values, kind)
    writer.add_tensor(name, blocks, raw_dtype=kind)
    right[name] = gguf.quants.dequantize(blocks, kind)
writer.write_header_to_file(); writer.write_kv_data_to_file(); writer.write_tensors_to_file(); writer.close()
np.savez(sys.argv[2], **right)
"""
COMPARED = """
import sys, numpy as np
ours, theirs = (np.load(path) for path in sys.argv[1:])
assert set(ours) == set(theirs)
for name in theirs:
    assert ours[name].shape == theirs[name].shape and np.array_equal(ours[name], theirs[name]), name
print("equal")
"""


def test_blocks_that_the_gguf_package_wrote_are_the_numbers_that_it_reads(python: Path, tmp_path: Path) -> None:
    ran(python, WRITTEN_BY_GGUF, tmp_path / "a.gguf", tmp_path / "theirs.npz")
    step(python, "convert", tmp_path / "a.gguf", "-o", tmp_path / "ours.npz", "--dtype", "fp32")
    assert ran(python, COMPARED, tmp_path / "ours.npz", tmp_path / "theirs.npz") == "equal\n"


def test_a_traced_graph_answers_for_any_number_of_any_length(python: Path, model: Path, tmp_path: Path) -> None:
    told = step(python, "convert", model, "-o", tmp_path / "model.onnx", "--task", tmp_path / "task.py")
    assert told["ran"]["runner"] == "onnxruntime"
    assert told["ran"]["furthest"] < 1e-5
    assert told["ran"]["fixed"] == []
    program = "import sys, onnx, onnxruntime, numpy as np; onnx.checker.check_model(sys.argv[1], full_check=True);"
    program += "made = onnxruntime.InferenceSession(sys.argv[1]); ids, mask = (one.name for one in made.get_inputs());"
    program += "given = [{ids: np.ones(s, np.int64), mask: np.ones(s, np.float32)} for s in ((1, 1), (3, 40))];"
    program += "print([made.run(None, one)[0].shape for one in given])"
    assert ran(python, program, tmp_path / "model.onnx") == "[(1, 20), (3, 20)]\n"


def test_a_pruned_model_learns_back_and_its_zeros_stay(python: Path, model: Path, tmp_path: Path) -> None:
    task = ("--task", tmp_path / "task.py")
    pruned, tuned, small = (tmp_path / f"{name}.safetensors" for name in ("pruned", "tuned", "small"))
    lost = step(python, "prune", model, "-o", pruned, "--amount", "0.6", *task)
    told = step(python, "finetune", pruned, "-o", tuned, "--against", model, "--lr", "0.003", *task)
    assert told["last_loss"] < 0.5 * told["first_loss"]
    assert told["judged"][0]["after"] > lost["judged"][0]["after"]
    assert told["zeros"] >= sum(one["after"] for one in lost["tensors"])
    again = step(python, "finetune", pruned, "-o", tmp_path / "b.pt", "--against", model, "--lr", "0.003", *task)
    assert again["last_loss"] == pytest.approx(told["last_loss"], rel=1e-3)
    step(python, "quantize", tuned, "-o", small, "--method", "weight-only")
    program = "import sys, deadweight, torch; from safetensors.torch import load_file;"
    program += "a, b, c = load_file(sys.argv[1]), load_file(sys.argv[2]), deadweight.torch_state(sys.argv[3]);"
    program += "assert all(bool((b[n][a[n] == 0] == 0).all()) and bool((c[n][a[n] == 0] == 0).all()) for n in a);"
    program += (
        "assert all(torch.allclose(b[n], c[n], atol=0.05) and b[n].dtype == c[n].dtype for n in a); print('kept')"
    )
    assert ran(python, program, pruned, tuned, small) == "kept\n"


def test_weights_that_go_little_by_little_leave_a_better_model_than_those_that_go_at_once(
    python: Path, model: Path, tmp_path: Path
) -> None:
    words = ("prune", model, "--amount", "0.6", "--task", tmp_path / "task.py")
    at_once = step(python, *words, "-o", tmp_path / "at-once.safetensors")
    told = step(python, *words, "-o", tmp_path / "slowly.safetensors", "--steps", "100", "--lr", "0.003")
    assert told["recovered"]["rounds"] == 10
    assert told["recovered"]["last_loss"] < told["recovered"]["highest_loss"]
    assert [one["after"] for one in told["tensors"]] == [one["after"] for one in at_once["tensors"]]
    assert told["judged"][0]["after"] > at_once["judged"][0]["after"]


def test_codes_become_a_graph_by_the_task_that_builds_their_model(python: Path, model: Path, tmp_path: Path) -> None:
    small, out = tmp_path / "small.safetensors", tmp_path / "back.onnx"
    step(python, "quantize", model, "-o", small, "--method", "weight-only")
    told = step(python, "restore", small, "-o", out, "--task", tmp_path / "task.py")
    assert told["ran"]["furthest"] < 1e-5
    quantised = step(python, "quantize", out, "-o", tmp_path / "int8.onnx", "--method", "dynamic")
    assert quantised["after"] < 0.4 * quantised["before"]


def test_a_task_that_cannot_be_trained_on_says_what_it_lacks(python: Path, model: Path, tmp_path: Path) -> None:
    task = tmp_path / "task.py"
    task.write_text(TASK.replace("forward(model, inputs)", "other(model, inputs)"))
    words = ("model", "finetune", model, "-o", tmp_path / "b.pt", "--against", model, "--task", task)
    line = [python, "-m", "deadweight", *words]
    done = subprocess.run([*map(str, line)], capture_output=True, text=True, check=False, env=WORLD)
    assert done.returncode == 2
    assert "it defines no forward(model, inputs)" in done.stderr
    assert not (tmp_path / "b.pt").exists()
