"""Fine-tuning where torch is not there, and what is known without it; the rest is a journey."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from builders.command import names
from deadweight.cli.program import run
from deadweight.core.errors import UsageError
from deadweight.judging.array import Array
from deadweight.squeezing.steps.finetuning import parameters_of

TASK = """
import numpy as np

INPUTS = np.random.default_rng(5).normal(size=(120, 8)).astype(np.float32)

def build(weights):
    return weights["w"]

def predict(model, inputs):
    return np.stack(inputs) @ model.T

def calibration():
    return INPUTS[:40]

def tasks():
    some, rest = (INPUTS[40:80], [0.0] * 40), (INPUTS[80:], [0.0] * 40)
    return {"one": {"development": some, "gate": rest, "metric": lambda rows, labels: 1.0}}
"""


class Parameter:
    """A tensor of torch, as far as it is asked here."""

    def __init__(self, values: Array) -> None:
        self.values, self.is_trained = values, False

    def detach(self) -> Parameter:
        return self

    def cpu(self) -> Parameter:
        return self

    def numpy(self) -> Array:
        return self.values

    def requires_grad_(self, wanted: bool) -> Parameter:
        self.is_trained = wanted
        return self


class Model:
    """A model with parameters under names of its own."""

    def __init__(self, **parameters: Array) -> None:
        self.held = {name: Parameter(one) for name, one in parameters.items()}

    def named_parameters(self) -> list[tuple[str, Parameter]]:
        return list(self.held.items())


def test_a_parameter_is_the_tensor_of_its_name_or_else_of_its_values() -> None:
    one, two = np.ones((2, 2), np.float32), np.arange(4, dtype=np.float32).reshape(2, 2)
    tensors: dict[str, Array] = {"net.first": one, "net.second": two, "third": one, "ids": np.arange(3)}
    found = parameters_of(Model(second=two, other=one, left=np.full((2, 2), 9.0)), tensors)
    assert set(found) == {"net.first", "net.second"}
    assert all(parameter.is_trained for parameter in found.values())


def test_equal_parameters_are_each_a_tensor_of_their_own() -> None:
    one = np.ones(3, np.float32)
    assert set(parameters_of(Model(a=one, b=one.copy()), {"a": one, "b": one})) == {"a", "b"}


@pytest.mark.parametrize("model", [Model(a=np.zeros(5)), object()])
def test_a_model_without_a_parameter_of_the_file_is_told(model: object) -> None:
    with pytest.raises(UsageError, match="none of the model's parameters"):
        parameters_of(model, {"w": np.ones(5, np.float32)})


def test_without_torch_it_is_said_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if importlib.util.find_spec("torch") is not None:
        pytest.skip("torch is here")
    save_file({"w": np.ones((4, 8), np.float32)}, tmp_path / "a.safetensors")
    (tmp_path / "task.py").write_text(TASK)
    file, task = str(tmp_path / "a.safetensors"), str(tmp_path / "task.py")
    assert (
        run(["model", "finetune", file, "-o", str(tmp_path / "b.safetensors"), "--against", file, "--task", task]) == 5
    )
    assert "deadweight[models,torch]" in capsys.readouterr().err
    assert run(["model", "convert", file, "-o", str(tmp_path / "b.onnx"), "--task", task]) == 5
    assert "takes onnxscript" in capsys.readouterr().err
    assert names(tmp_path) == ["a.safetensors", "task.py"]


def test_a_graph_is_not_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_file({"w": np.ones((4, 8), np.float32)}, tmp_path / "a.safetensors")
    (tmp_path / "task.py").write_text(TASK)
    file, task = str(tmp_path / "a.safetensors"), str(tmp_path / "task.py")
    assert run(["model", "finetune", file, "-o", str(tmp_path / "b.onnx"), "--against", file, "--task", task]) == 2
    assert "a graph is not trained" in capsys.readouterr().err
