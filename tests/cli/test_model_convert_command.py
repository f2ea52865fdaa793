"""`deadweight model convert`: what it says, its JSON, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from safetensors.numpy import load_file

from builders.command import deadweight, names, state
from builders.models import Storage, floats, torch_zip, whole

WEIGHT = Storage("0", "float32", floats(*range(2000)))
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return torch_zip(tmp_path / "full.pt", {"model": {"w": whole(WEIGHT)}, "epoch": 3}, (WEIGHT,))


def test_the_report_says_forms_bytes_and_what_was_rounded(checkpoint: Path, tmp_path: Path) -> None:
    before = state(checkpoint)
    done = deadweight("model", "convert", checkpoint, "-o", tmp_path / "half.npz", "--dtype", "fp16")
    assert done.status == 0, done.error
    assert "torch 8.5 kB -> npz 4.2 kB, 2.01x" in done.output
    assert "1 tensor, each read back and compared" in done.output
    assert "float32 -> float16: 1 tensor, 2,000 elements, all exactly as they were" in done.output
    assert "epoch, which is no tensor" in done.output
    assert state(checkpoint) == before


def test_rounded_numbers_are_counted_with_the_largest_change(checkpoint: Path, tmp_path: Path) -> None:
    done = deadweight("model", "convert", checkpoint, "-o", tmp_path / "half.safetensors", "--dtype", "bf16")
    assert "% rounded, by 4 at most" in done.output


def test_the_json_is_of_its_schema(checkpoint: Path, tmp_path: Path) -> None:
    done = deadweight("model", "convert", checkpoint, "-o", tmp_path / "a.safetensors", "--json")
    told = json.loads(done.output)
    jsonschema.validate(told, json.loads((DOCS / "model-convert.schema.json").read_text("utf-8")))
    assert (told["source"], told["form"], told["tensors"]) == ("torch", "safetensors", 1)
    assert told["after"] == (tmp_path / "a.safetensors").stat().st_size
    assert load_file(tmp_path / "a.safetensors")["model.w"].tolist() == list(range(2000))


def test_the_form_may_be_said_and_a_wrong_one_is_a_mistake(checkpoint: Path, tmp_path: Path) -> None:
    assert deadweight("model", "convert", checkpoint, "-o", tmp_path / "a", "--to", "safetensors").status == 0
    assert load_file(tmp_path / "a").keys() == {"model.w"}
    done = deadweight("model", "convert", checkpoint, "-o", tmp_path / "b.gguf")
    assert done.status == 2
    assert ".safetensors" in done.error


def test_nothing_is_written_over_and_nothing_is_left_behind(checkpoint: Path, tmp_path: Path) -> None:
    assert deadweight("model", "convert", checkpoint, "-o", checkpoint, "--to", "torch").status == 2
    huge = Storage("0", "float32", floats(1e9))
    big = torch_zip(tmp_path / "big.pt", {"w": whole(huge)}, (huge,))
    done = deadweight("model", "convert", big, "-o", tmp_path / "half.pt", "--dtype", "fp16")
    assert done.status == 2
    assert "1 of w" in done.error
    assert "--allow-overflow" in done.error
    assert names(tmp_path) == ["big.pt", "full.pt"]
