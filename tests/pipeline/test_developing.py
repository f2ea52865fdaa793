"""What development data say of two files: the gate is never touched, what is fitted is fitted on the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

from deadweight.judging.array import Array
from deadweight.judging.task import Program, Task
from deadweight.pipeline.models.developing import developed, model_of
from deadweight.squeezing.steps.weight_only import quantise_weights

RANDOM = np.random.default_rng(2)
WEIGHT = RANDOM.normal(size=(80, 64)).astype(np.float32)
INPUTS = RANDOM.normal(size=(60, 64)).astype(np.float32)
SIDES = (("x", 64), ("y", 80))


class Forbidden(Sequence[Any]):
    """The gate's part, which nobody may look at."""

    def __len__(self) -> int:
        return 60

    def __getitem__(self, at: object) -> Any:  # noqa: ANN401  it never gives anything
        raise AssertionError("the gate was touched")


class Fitted:
    """A probe that remembers which model it was fitted on."""

    def __init__(self) -> None:
        self.models: list[Array] = []

    def __call__(self, model: Array) -> None:
        self.models.append(model)


def program(prepare: Fitted | None = None) -> Program:
    labels = (INPUTS @ WEIGHT.T).argmax(1).tolist()
    parts: dict[str, tuple[Sequence[Any], Sequence[Any]]]
    parts = {"development": (list(INPUTS), labels), "gate": (Forbidden(), Forbidden())}

    def right(rows: Array, wanted: Sequence[int]) -> float:
        return float(np.mean(np.asarray(rows).argmax(1) == np.asarray(wanted)))

    def build(weights: Mapping[str, Array]) -> Array:
        return weights["w"]

    def predict(model: Array, inputs: Sequence[Any]) -> Array:
        return np.stack(inputs) @ np.asarray(model, np.float32).T

    return Program(build, predict, list(INPUTS[:10]), (Task("eighty", parts, right),), prepare)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    save_file({"w": WEIGHT}, tmp_path / "a.safetensors")
    save_file({"w": np.roll(WEIGHT, 40, axis=0)}, tmp_path / "b.safetensors")
    return tmp_path / "a.safetensors", tmp_path / "b.safetensors"


def test_the_development_part_alone_is_asked_of_both(files: tuple[Path, Path]) -> None:
    (one,) = developed(program(), *files)
    assert (one.task, one.before, one.after, one.examples) == ("eighty", 1.0, 0.0, 60)
    (same,) = developed(program(), files[0], files[0])
    assert (same.after, same.lower) == (1.0, 1.0)


def test_what_is_fitted_is_fitted_once_and_on_the_first(files: tuple[Path, Path]) -> None:
    fitted = Fitted()
    developed(program(fitted), *files)
    assert len(fitted.models) == 1
    assert np.array_equal(fitted.models[0], WEIGHT)


def test_a_file_of_codes_is_asked_by_the_weights_that_they_stand_for(files: tuple[Path, Path], tmp_path: Path) -> None:
    quantise_weights(files[0], tmp_path / "small.safetensors", 8, 32)
    (one,) = developed(program(), files[0], tmp_path / "small.safetensors")
    assert one.after > 0.9


def graph(path: Path) -> Path:
    held = [numpy_helper.from_array(WEIGHT.T.copy(), "w")]
    given, told = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ("n", size)) for name, size in SIDES)
    whole = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [given], [told], held)
    onnx.save(helper.make_model(whole, ir_version=8), path)
    return path


def test_a_graph_is_opened_by_the_task_that_can_and_built_of_its_weights_by_another(tmp_path: Path) -> None:
    path, plain = graph(tmp_path / "a.onnx"), program()
    assert np.array_equal(model_of(plain, path), WEIGHT.T)
    able = Program(plain.build, plain.predict, (), plain.tasks, build_file=lambda asked: ("opened", asked))
    assert model_of(able, path) == ("opened", path)
