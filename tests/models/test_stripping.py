"""Stripping: what stays is equal to the byte, what goes is told, and the file is there whole or not at all."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from safetensors.numpy import load_file

from builders.command import names, state
from builders.models import Call, Name, Storage, floats, gguf, safetensors, torch_legacy, torch_zip, view, whole
from deadweight.core.errors import Corrupt, Unknown, UsageError
from deadweight.core.model_report import Stripped
from deadweight.core.tensor import Checkpoint, Look, Tensor
from deadweight.models import stripping
from deadweight.models.reading import read
from deadweight.models.reporting import opened
from deadweight.models.selection import Wish
from deadweight.models.writing_safetensors import Body, write

WEIGHT = Storage("0", "float32", numpy.arange(1000, dtype=numpy.float32).tobytes(), "cuda:0")
MOMENT = Storage("1", "float32", numpy.ones(1000, numpy.float32).tobytes(), "cuda:0")
TREE = {
    "step": 9,
    "model_state": {"weight": view(WEIGHT, 0, (10, 100), (100, 1)), "tied": view(WEIGHT, 0, (10, 100), (100, 1))},
    "optimizer_state": {"state": {0: {"exp_avg": whole(MOMENT)}}},
    "config": {"layers": 2, "name": "small", "rate": 0.5, "flag": True, "none": None},
}


def strip(path: Path, out: Path, wish: Wish | None = None, tensors_only: bool = False) -> Stripped:
    return stripping.strip(opened(path), wish or Wish(), out, tensors_only=tensors_only)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return torch_legacy(tmp_path / "full.pt", TREE, (WEIGHT, MOMENT))


def test_a_stripped_file_holds_the_weights_and_nothing_of_the_optimizer(checkpoint: Path, tmp_path: Path) -> None:
    before = state(checkpoint)
    done = strip(checkpoint, tmp_path / "small.safetensors")
    held = load_file(tmp_path / "small.safetensors")
    assert list(held) == ["model_state.weight"] or list(held) == ["weight"]
    assert next(iter(held.values())).tobytes() == WEIGHT.body
    assert done.after == (tmp_path / "small.safetensors").stat().st_size < done.before
    assert state(checkpoint) == before


def test_what_went_is_told_exactly(checkpoint: Path, tmp_path: Path) -> None:
    done = strip(checkpoint, tmp_path / "small.safetensors")
    assert {one.name: one.size for one in done.dropped} == {"step": 0, "optimizer_state.state.0.exp_avg": 4000}
    assert done.shared == {"model_state.tied": "model_state.weight"}
    assert done.prefix == "model_state"
    metadata = read(tmp_path / "small.safetensors").metadata
    assert metadata["tied"] == "weight"
    assert json.loads(metadata["values"])["config.layers"] == 2


def test_a_result_for_torch_keeps_its_keys_its_values_and_what_is_shared(checkpoint: Path, tmp_path: Path) -> None:
    strip(checkpoint, tmp_path / "small.pt")
    found = read(tmp_path / "small.pt")
    assert [one.name for one in found.tensors] == ["model_state.weight", "model_state.tied"]
    assert len({one.storage for one in found.tensors}) == 1
    assert {one.path: one.plain for one in found.values} == {
        ("config", "layers"): 2, ("config", "name"): "small", ("config", "rate"): 0.5,
        ("config", "flag"): True, ("config", "none"): None,
    }  # fmt: skip
    assert not found.code
    assert all(storage.offset % 64 == 0 for storage in found.storages)


def test_the_same_file_is_stripped_to_the_same_bytes(checkpoint: Path, tmp_path: Path) -> None:
    for ending in (".safetensors", ".pt"):
        strip(checkpoint, tmp_path / f"one{ending}")
        strip(checkpoint, tmp_path / f"two{ending}")
        assert (tmp_path / f"one{ending}").read_bytes() == (tmp_path / f"two{ending}").read_bytes()


def test_what_a_person_keeps_stays_and_what_they_drop_goes(checkpoint: Path, tmp_path: Path) -> None:
    strip(checkpoint, tmp_path / "a.safetensors", Wish(keep=("*exp_avg",), drop=("*.tied",)))
    assert sorted(load_file(tmp_path / "a.safetensors")) == ["model_state.weight", "optimizer_state.state.0.exp_avg"]


def test_a_glob_that_matches_nothing_is_a_mistake(checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="matches no tensor"):
        strip(checkpoint, tmp_path / "a.safetensors", Wish(drop=("poolr.*",)))


def test_nothing_is_written_where_nothing_would_be_left(tmp_path: Path) -> None:
    path = torch_zip(tmp_path / "o.pt", {"optimizer": {"exp_avg": whole(MOMENT)}}, (MOMENT,))
    with pytest.raises(UsageError, match="nothing would be left"):
        strip(path, tmp_path / "a.safetensors")
    assert names(tmp_path) == ["o.pt"]


@pytest.mark.parametrize("name", ["a.onnx", "a", "a.gguf"])
def test_an_ending_that_is_not_written_is_a_mistake(checkpoint: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"no format that is written|no ending"):
        strip(checkpoint, tmp_path / name)


def test_a_result_that_is_there_already_is_never_written_over(checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="already there"):
        strip(checkpoint, checkpoint)


def test_copies_across_files_are_stored_once_and_each_can_be_had_again(tmp_path: Path) -> None:
    body, own = numpy.arange(2000, dtype=numpy.float32), numpy.ones(600, numpy.float32)
    (tmp_path / "in").mkdir()
    safetensors(tmp_path / "in" / "a.safetensors", {"w": ("F32", (2000,), body.tobytes())})
    tensors = {"v": ("F32", (40, 50), body.tobytes()), "own": ("F32", (600,), own.tobytes())}
    safetensors(tmp_path / "in" / "b.safetensors", tensors)
    strip(tmp_path / "in", tmp_path / "set.safetensors")
    held = load_file(tmp_path / "set.safetensors")
    shared = json.loads(read(tmp_path / "set.safetensors").metadata["shared"])
    assert set(held) == {"a.safetensors.w", "b.safetensors.own"}
    assert shared == {"b.safetensors.v": ["a.safetensors.w", [40, 50]]}


def test_gates_in_another_order_are_stored_once_and_can_be_had_again(tmp_path: Path) -> None:
    """silero-vad: ONNX orders the gates of an LSTM i o f c, torch i f c o."""
    gates = [numpy.full((64, 128), gate, numpy.float32) for gate in range(4)]
    (tmp_path / "in").mkdir()
    for name, order in (("a", (0, 1, 2, 3)), ("b", (0, 3, 1, 2))):
        body = numpy.concatenate([gates[gate] for gate in order]).tobytes()
        safetensors(tmp_path / "in" / f"{name}.safetensors", {"w": ("F32", (256, 128), body)})
    done = strip(tmp_path / "in", tmp_path / "set.safetensors")
    assert done.kept == 1
    held = load_file(tmp_path / "set.safetensors")["a.safetensors.w"]
    shared = json.loads(read(tmp_path / "set.safetensors").metadata["shared"])
    holder, shape, order = shared["b.safetensors.w"]
    quarters = numpy.split(held.reshape(-1), 4)
    again = numpy.concatenate([quarters[number] for number in order]).reshape(shape)
    assert holder == "a.safetensors.w"
    assert again[:, 0].tolist() == [0.0] * 64 + [3.0] * 64 + [1.0] * 64 + [2.0] * 64


def test_gates_in_another_order_are_no_copy_within_one_file(tmp_path: Path) -> None:
    first = numpy.arange(1 << 15, dtype=numpy.float32)
    other = numpy.concatenate(numpy.split(first, 4)[::-1])
    tensors = {name: ("F32", (256, 128), body.tobytes()) for name, body in (("a", first), ("b", other))}
    done = strip(safetensors(tmp_path / "m.safetensors", tensors), tmp_path / "out.safetensors")
    assert (done.kept, done.shared) == (2, {})


def test_views_and_other_byte_orders_come_out_as_plain_tensors(tmp_path: Path) -> None:
    storage = Storage("0", "float32", struct.pack(">6f", *range(6)))
    path = torch_legacy(tmp_path / "a.pt", {"w": view(storage, 0, (3, 2), (1, 3))}, (storage,), little=False)
    strip(path, tmp_path / "b.safetensors")
    assert load_file(tmp_path / "b.safetensors")["w"].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_objects_that_would_run_code_are_left_out_and_told(tmp_path: Path) -> None:
    tree = {"state_dict": {"w": whole(WEIGHT)}, "args": Call(Name("argparse", "Namespace"), ())}
    done = strip(torch_zip(tmp_path / "a.pt", tree, (WEIGHT,)), tmp_path / "b.pt")
    assert [(one.name, one.why) for one in done.dropped] == [("args", "is an object, and loading one runs code")]
    assert not read(tmp_path / "b.pt").code


def test_a_dtype_that_has_no_name_in_the_result_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = gguf(tmp_path / "a.gguf", [("q", (32,), 2, 0)], bytes(32))
    for ending in ("safetensors", "pt"):
        with pytest.raises(Unknown, match="q4_0"):
            strip(path, tmp_path / f"b.{ending}")
    assert names(tmp_path) == ["a.gguf"]


def test_a_graph_is_never_lost_unless_that_is_asked_for(tmp_path: Path) -> None:
    program = {"code/net.py": b"def forward(): 1"}
    path = torch_zip(tmp_path / "a.pt", {"w": whole(WEIGHT)}, (WEIGHT,), **program)
    with pytest.raises(UsageError, match="cannot hold the program"):
        strip(path, tmp_path / "b.safetensors")
    assert strip(path, tmp_path / "b.safetensors", tensors_only=True).lost == ("the program of a.pt",)


class Misled:
    """Remembers other bytes than the file has, as where it was changed between two readings."""

    def __init__(self, path: Path) -> None:
        self.within = opened(path)
        self.checkpoints = self.within.checkpoints

    def look(self, checkpoint: Checkpoint, tensor: Tensor) -> Look | None:
        return Look("blake3:" + "0" * 64 if tensor.name.endswith("weight") else "blake3:" + "1" * 64)

    def packed(self, checkpoint: Checkpoint, tensor: Tensor) -> float | None:
        return None

    def squeezed(self, checkpoint: Checkpoint, tensor: Tensor, step: float) -> float | None:
        return None


def test_a_tensor_that_came_out_differently_leaves_no_file(checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(Corrupt, match="other bytes"):
        stripping.strip(Misled(checkpoint), Wish(), tmp_path / "a.safetensors")
    assert names(tmp_path) == ["full.pt"]


NAMES = some.text(some.characters(codec="utf-8"), min_size=1).filter(lambda name: name != "__metadata__")
SHAPES = some.dictionaries(NAMES, some.lists(some.integers(0, 4), max_size=3), min_size=1, max_size=5)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(shapes=SHAPES)
def test_what_is_written_is_what_the_library_reads(
    tmp_path_factory: pytest.TempPathFactory, shapes: dict[str, list[int]]
) -> None:
    path = tmp_path_factory.mktemp("written") / "a.safetensors"
    arrays = {name: numpy.arange(int(numpy.prod(shape)), dtype=numpy.float32) for name, shape in shapes.items()}
    with path.open("wb") as out:
        bodies = [
            Body(name, "float32", tuple(shapes[name]), one.nbytes, lambda one=one: iter((one.tobytes(),)))  # type: ignore[misc]
            for name, one in arrays.items()
        ]
        write(out, bodies, {"a": "b"})
    held = load_file(path)
    assert {name: one.tobytes() for name, one in held.items()} == {name: one.tobytes() for name, one in arrays.items()}
    assert {one.name: one.shape for one in read(path).tensors} == {name: tuple(shape) for name, shape in shapes.items()}


def test_small_values_have_their_bytes() -> None:
    assert floats(1.0) == b"\0\0\x80?"
