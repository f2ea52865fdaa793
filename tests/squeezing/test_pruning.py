"""Pruning: exactly the smallest go, of each tensor or of all, in any dtype and form, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file

from builders.command import names, state
from deadweight.core.errors import UsageError
from deadweight.judging.array import Array
from deadweight.models.casting import bytes_in, floats_of
from deadweight.models.reading import read
from deadweight.squeezing.steps.pruning import Cut, Scope, pruning
from deadweight.squeezing.steps.pruning_files import prune_file
from deadweight.squeezing.steps.smallest import Sieve, limit_of

RANDOM = np.random.default_rng(21)
LAYERS: dict[str, Array] = {
    "a.weight": RANDOM.normal(size=(80, 64)).astype(np.float32),
    "b.weight": (RANDOM.normal(size=(64, 90)) * 3).astype(np.float32),
    "b.bias": RANDOM.normal(size=8000).astype(np.float32),
    "small.weight": RANDOM.normal(size=(8, 8)).astype(np.float32),
    "ids": np.arange(8192).reshape(2, 4096),
}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_file(LAYERS, path)
    return path


def smallest(values: Array, count: int, length: int = 7) -> list[bool]:
    """Which are the smallest, taken piece by piece."""
    cut = [values[at : at + length] for at in range(0, len(values), length)]
    sieve = Sieve(limit_of(lambda: iter(cut), count))
    return [bool(one) for piece in cut for one in sieve.smallest(piece)]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    values=some.lists(some.floats(width=32, allow_nan=False) | some.sampled_from([0.0, -0.0, 1.0, -1.0]), min_size=1),
    share=some.floats(0, 1),
)
def test_as_many_go_as_were_asked_for_and_none_that_stays_is_smaller(values: list[float], share: float) -> None:
    array, count = np.array(values, dtype=np.float32), round(share * len(values))
    taken = np.array(smallest(array, count))
    assert int(taken.sum()) == count
    if 0 < count < len(values):
        assert np.abs(array[taken]).max() <= np.abs(array[~taken]).min()


@settings(max_examples=50, derandomize=True, deadline=None)
@given(words=some.lists(some.integers(0, 0x7F7F), min_size=2, max_size=60), share=some.floats(0, 1))
def test_numbers_of_bfloat16_are_ordered_as_they_are(words: list[int], share: float) -> None:
    array = floats_of(np.array(words, dtype="<u2").tobytes(), "bfloat16")
    taken = np.array(smallest(array, round(share * len(array))))
    wanted = np.sort(np.abs(array))[: round(share * len(array))]
    assert np.array_equal(np.sort(np.abs(array[taken])), wanted)


def test_what_is_no_number_is_never_the_smallest() -> None:
    assert smallest(np.array([np.nan, 2.0, np.inf, -1.0]), 2) == [False, True, False, True]


def test_the_smallest_of_each_layer_go_and_all_else_stays_as_it_is(model: Path, tmp_path: Path) -> None:
    before = state(model)
    work = prune_file(model, tmp_path / "out.safetensors", Cut(0.3))
    found = load_file(tmp_path / "out.safetensors")
    for name, was in LAYERS.items():
        if name not in ("a.weight", "b.weight"):
            assert found[name].tobytes() == was.tobytes()
            continue
        gone = found[name] == 0
        assert int(gone.sum()) == round(0.3 * was.size) == work.zeroed[name].after
        assert np.array_equal(found[name][~gone], was[~gone])
        assert np.abs(was[gone]).max() <= np.abs(was[~gone]).min()
    assert work.zeroed.keys() == {"a.weight", "b.weight"}
    assert state(model) == before


def test_the_smallest_of_all_take_more_of_the_layer_with_smaller_weights(model: Path, tmp_path: Path) -> None:
    prune_file(model, tmp_path / "out.safetensors", Cut(0.4, Scope.GLOBAL))
    found = load_file(tmp_path / "out.safetensors")
    flat = np.concatenate([np.abs(LAYERS[name]).ravel() for name in ("a.weight", "b.weight")])
    limit = np.sort(flat)[round(0.4 * flat.size)]
    zeros = {name: int((found[name] == 0).sum()) for name in ("a.weight", "b.weight")}
    assert sum(zeros.values()) == round(0.4 * flat.size)
    assert zeros == {name: int((np.abs(LAYERS[name]) < limit).sum()) for name in zeros}
    assert zeros["a.weight"] / 5120 > 2 * zeros["b.weight"] / 5760


def test_a_tensor_that_is_kept_stays_whole_and_a_glob_of_nothing_is_a_mistake(model: Path, tmp_path: Path) -> None:
    work = prune_file(model, tmp_path / "out.safetensors", Cut(0.5, keep=("a.*",)))
    assert work.zeroed.keys() == {"b.weight"}
    with pytest.raises(UsageError, match="matches no tensor"):
        pruning(read(model), Cut(0.5, keep=("c.*",)))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_every_dtype_of_floating_point_is_pruned_in_place(tmp_path: Path, dtype: str) -> None:
    from deadweight.models.writing_safetensors import Body, write

    body = bytes_in(LAYERS["a.weight"], dtype)
    with (tmp_path / "in.safetensors").open("wb") as stream:
        write(stream, [Body("w", dtype, (80, 64), len(body), lambda: iter((body,)))], {})
    prune_file(tmp_path / "in.safetensors", tmp_path / "out.safetensors", Cut(0.25))
    was = floats_of(body, dtype)
    kept = floats_of((tmp_path / "out.safetensors").read_bytes()[-len(body) :], dtype)
    assert int((kept == 0).sum()) == 1280
    assert np.array_equal(kept[kept != 0], was[kept != 0])


@pytest.mark.parametrize("ending", [".pt", ".npz"])
def test_the_new_name_says_the_form(model: Path, tmp_path: Path, ending: str) -> None:
    prune_file(model, tmp_path / f"out{ending}", Cut(0.3))
    assert read(tmp_path / f"out{ending}").format.startswith(ending[1:] if ending == ".npz" else "torch")


SIDES = (("x", 64), ("y", 90))


def graph(path: Path, **more: str | bool | int) -> Path:
    weights = [LAYERS["a.weight"].T.copy(), LAYERS["b.weight"]]
    nodes = [
        helper.make_node("MatMul", ["x", "first"], ["hidden"]),
        helper.make_node("Slice", ["hidden", "starts", "ends"], ["cut"]),
        helper.make_node("Constant", [], ["second"], value=numpy_helper.from_array(weights[1], "held")),
        helper.make_node("MatMul", ["cut", "second"], ["y"]),
    ]
    counts = {"starts": np.array([0, 0]), "ends": np.array([1000, 64])}
    held = [numpy_helper.from_array(one, name) for name, one in {"first": weights[0], **counts}.items()]
    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ("n", size)) for name, size in SIDES]
    made = helper.make_model(helper.make_graph(nodes, "g", sides[:1], sides[1:], held), ir_version=8)
    onnx.save(made, path, **more)  # type: ignore[arg-type]  # mypy gives each the type of all
    return path


@pytest.mark.parametrize("more", [{}, {"save_as_external_data": True, "location": "data.bin", "size_threshold": 0}])
def test_a_graph_stays_a_graph_with_its_weights_pruned_where_they_lie(
    tmp_path: Path, more: dict[str, str | bool | int]
) -> None:
    path = graph(tmp_path / "a.onnx", **more)
    (tmp_path / "out").mkdir()
    before = [state(one) for one in sorted(tmp_path.glob("*.*"))]
    work = prune_file(path, tmp_path / "out" / "b.onnx", Cut(0.5))
    made = onnx.load(tmp_path / "out" / "b.onnx")
    onnx.checker.check_model(made, full_check=True)
    held = {one.name: numpy_helper.to_array(one) for one in made.graph.initializer}
    assert int((held["first"] == 0).sum()) == 2560
    assert work.zeroed["second"].after == 2880
    session = onnxruntime.InferenceSession(tmp_path / "out" / "b.onnx", providers=["CPUExecutionProvider"])
    assert session.run(None, {"x": np.ones((3, 64), np.float32)})[0].shape == (3, 90)
    assert before == [state(one) for one in sorted(tmp_path.glob("*.*"))]


def test_nothing_to_prune_is_told_with_what_is_pruned(tmp_path: Path) -> None:
    save_file({"w": np.ones((8, 8), np.float32)}, tmp_path / "a.safetensors")
    with pytest.raises(UsageError, match="two axes, 4,096 elements"):
        prune_file(tmp_path / "a.safetensors", tmp_path / "b.safetensors", Cut(0.5))
    assert names(tmp_path) == ["a.safetensors"]
