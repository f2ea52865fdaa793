"""Run by a Python that has torch: what gradients say of the outputs of layers is what the model makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from deadweight.judging.task import Program
from deadweight.squeezing.calibration.answers import felt
from deadweight.squeezing.calibration.moments import Calibration
from deadweight.squeezing.calibration.torch_layers import calibrated
from deadweight.squeezing.method import Choice, chosen
from deadweight.squeezing.rounding.coupling import Coupling
from deadweight.squeezing.squeezing import Weights, kinds_of, squeezed

Forward = Callable[[Any, Sequence[Any]], Any]


def plain(model: Any, inputs: Sequence[Any]) -> Any:  # noqa: ANN401
    return model(torch.stack(list(inputs)))


def program_of(model: Any, inputs: Any, forward: Forward | None = plain) -> tuple[Program, dict[str, Any]]:  # noqa: ANN401
    tensors = {name: one.detach().numpy().copy() for name, one in model.state_dict().items()}

    def build(weights: Any) -> Any:  # noqa: ANN401
        model.load_state_dict({name: torch.tensor(np.asarray(one)) for name, one in weights.items()})
        return model.eval()

    def predict(built: Any, some: Sequence[Any]) -> Any:  # noqa: ANN401
        with torch.inference_mode():
            return plain(built, some).numpy()

    return Program(build, predict, list(inputs), (), forward=forward), tensors


def check_linear() -> None:
    """An error of the first layer's outputs is seen through the second: G goes with its weights' products."""
    model = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Linear(8, 64))
    with torch.no_grad():
        model[1].weight.mul_(torch.logspace(0.3, -0.3, 8))
    program, tensors = program_of(model, torch.randn(512, 6))
    found = felt(program, tensors)
    second = tensors["1.weight"].astype(np.float64)
    wanted = Coupling(second.T @ second, 0.1)
    assert set(found) == {"0.weight", "1.weight"}
    assert list(found["0.weight"].order.columns[0]) == list(wanted.order.columns[0])
    apart = np.abs(found["0.weight"].order.carried - wanted.order.carried).max()
    assert apart < 0.35, apart


def check_others() -> None:
    """Convolutions by channel, tables by column; what is changed in place is no hindrance; all is repeatable."""
    convolutions = torch.nn.Sequential(
        torch.nn.Conv2d(3, 5, 3), torch.nn.ReLU(inplace=True), torch.nn.Conv2d(5, 4, 3), torch.nn.Flatten()
    )
    program, tensors = program_of(convolutions, torch.randn(20, 3, 7, 7))
    found = felt(program, tensors)
    assert {name: one.width for name, one in found.items()} == {"0.weight": 5, "2.weight": 4}
    again = felt(program, tensors)
    assert all(np.array_equal(found[name].order.carried, again[name].order.carried) for name in found)
    table = torch.nn.Sequential(torch.nn.Embedding(9, 4), torch.nn.Flatten(), torch.nn.Linear(12, 3))
    program, tensors = program_of(table, torch.randint(0, 9, (20, 3)))
    assert {name: one.width for name, one in felt(program, tensors).items()} == {"0.weight": 4, "2.weight": 3}


def check_nothing() -> None:
    """Without a forward, or with one that lets no gradient pass, nothing is known; nor of what is too wide."""

    def barred(model: Any, inputs: Sequence[Any]) -> Any:  # noqa: ANN401
        with torch.inference_mode():
            return plain(model, inputs)

    for forward in (None, barred, lambda model, inputs: plain(model, inputs).detach()):
        program, tensors = program_of(torch.nn.Sequential(torch.nn.Linear(4, 4)), torch.randn(8, 4), forward)
        assert felt(program, tensors) == {}
    program, tensors = program_of(torch.nn.Sequential(torch.nn.Linear(4, 5000)), torch.randn(8, 4))
    assert felt(program, tensors) == {}
    assert felt(Program(program.build, program.predict, (), (), forward=plain), tensors) == {}


def check_nearer() -> None:
    """A net whose outputs matter unequally is nearer to the original than where they are held alike."""
    model = torch.nn.Sequential(torch.nn.Linear(96, 128), torch.nn.Tanh(), torch.nn.Linear(128, 96))
    with torch.no_grad():
        model[2].weight.mul_(torch.logspace(-2, 1, 128))
    program, tensors = program_of(model, torch.randn(300, 96))
    known = felt(program, tensors)
    errors = []
    for outputs in ({}, known):
        calibration: Calibration = calibrated(
            program.build(tensors), tensors, lambda: program.rows(model, program.calibration)
        )
        calibration.outputs = outputs
        weights = Weights(tensors, kinds_of(tensors, set(), set()), calibration)
        small = squeezed(weights, Choice(chosen(("feedback",))[0], 1.5)).weights()
        right, rows = (
            program.rows(program.build(one), program.calibration).astype(np.float64) for one in (tensors, small)
        )
        errors.append(float(np.mean((right - rows) ** 2)))
    assert errors[1] < 0.96 * errors[0], errors


if __name__ == "__main__":
    torch.manual_seed(1)
    check_linear()
    check_others()
    check_nothing()
    check_nearer()
    print("held")
