"""`deadweight model`: what it says, its JSON, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from builders.command import deadweight, names, state
from builders.memory import PEAK
from builders.models import Call, Name, Storage, floats, safetensors, torch_zip, whole

WEIGHT = Storage("0", "float32", floats(*range(2000)))
MOMENT = Storage("1", "float32", floats(*range(1, 2001)))
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    tree = {"model": {"w": whole(WEIGHT)}, "optimizer": {"exp_avg": whole(MOMENT)}, "epoch": 3}
    return torch_zip(tmp_path / "full.pt", tree, (WEIGHT, MOMENT))


def test_weigh_says_what_is_in_it_and_that_it_adds_up(checkpoint: Path) -> None:
    before = state(checkpoint)
    done = deadweight("model", "weigh", checkpoint)
    assert done.status == 0
    assert f"= {checkpoint.stat().st_size:,}" in done.output
    assert "training_leftovers  safe" in done.output
    assert "1 tensor of full.pt only serves to go on training" in done.output
    assert state(checkpoint) == before


def test_weigh_gives_json_of_its_schema(checkpoint: Path) -> None:
    done = deadweight("model", "weigh", checkpoint, "--json")
    report = json.loads(done.output)
    jsonschema.validate(report, json.loads((DOCS / "model.schema.json").read_text("utf-8")))
    (one,) = report["checkpoints"]
    account = one["account"]
    assert (
        account["tensors"] + account["unseen"] + account["padding"] + sum(account["parts"].values()) == account["size"]
    )
    assert {row["name"]: row["size"] for row in one["tensors"]} == {"model.w": 8000, "optimizer.exp_avg": 8000}


def test_code_is_told_and_never_run(tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    path = torch_zip(tmp_path / "evil.pt", {"a": Call(Name("os", "system"), (f"touch {witness}",))}, ())
    done = deadweight("model", "weigh", path)
    assert "Contains code" in done.output
    assert "calls os.system('touch" in done.output
    assert "safe" not in done.output.split("Contains code")[1].split("What could go")[0]
    assert not witness.exists()


def test_a_corrupt_file_ends_with_status_4_and_says_what_and_where(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "bad.safetensors", {"w": ("F32", (2,), floats(1, 2))})
    path.write_bytes(path.read_bytes()[:-1])
    done = deadweight("model", "weigh", path)
    assert done.status == 4
    assert "bad.safetensors" in done.error
    assert "its tensors end at" in done.error


def test_a_file_that_is_no_model_ends_with_status_4(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing of a model")
    assert deadweight("model", "weigh", tmp_path / "notes.txt").status == 4
    assert deadweight("model", "weigh", tmp_path).status == 4
    assert deadweight("model", "weigh", tmp_path / "missing").status == 2


def test_strip_writes_the_weights_and_says_what_went(checkpoint: Path, tmp_path: Path) -> None:
    done = deadweight("model", "strip", checkpoint, "-o", tmp_path / "small.safetensors")
    assert done.status == 0
    assert "1 tensor kept, each read back and equal to the original byte for byte" in done.output
    assert "optimizer.exp_avg" in done.output
    told = json.loads(deadweight("model", "strip", checkpoint, "-o", tmp_path / "other.pt", "--json").output)
    jsonschema.validate(told, json.loads((DOCS / "model-strip.schema.json").read_text("utf-8")))
    assert [one["name"] for one in told["dropped"]] == ["optimizer.exp_avg", "epoch"]


def test_strip_never_writes_over_anything(checkpoint: Path, tmp_path: Path) -> None:
    done = deadweight("model", "strip", checkpoint, "-o", checkpoint)
    assert done.status == 2
    assert names(tmp_path) == ["full.pt"]


def test_eight_gigabytes_are_read_in_less_than_300_megabytes(tmp_path: Path) -> None:
    """The headers alone: a file with holes, of tensors too different in size to be compared."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [1 << 31], "data_offsets": [0, 1 << 33]}}).encode()
    path = tmp_path / "big.safetensors"
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + (1 << 33))
    program = "import sys; from pathlib import Path; from deadweight.models.reading import read;"
    program += "found = read(Path(sys.argv[1])); from deadweight.models.accounts import account;"
    program += f"print(account(found).tensors, {PEAK})"
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    tensors, peak = map(int, done.stdout.split())
    assert tensors == 1 << 33
    assert peak < 300_000_000
