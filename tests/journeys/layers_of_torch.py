"""Run by a Python that has torch: what calibration says of each kind of layer is what the layer makes of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from deadweight.squeezing.calibration.moments import Calibration
from deadweight.squeezing.calibration.patches import patches
from deadweight.squeezing.calibration.statistics import matched, spreads
from deadweight.squeezing.calibration.torch_layers import calibrated

_PADDINGS: tuple[dict[str, Any], ...] = (
    {},
    {"padding": "same"},
    {"padding": 1, "stride": 2},
    {"dilation": 2, "padding": "valid"},
    {"padding": 2, "padding_mode": "circular"},
)


def weights_of(model: Any) -> dict[str, Any]:  # noqa: ANN401
    return {name: one.detach().float().numpy().copy() for name, one in model.state_dict().items()}


def seen(model: Any, *inputs: Any) -> Calibration:  # noqa: ANN401
    def run() -> None:
        with torch.inference_mode():
            for one in inputs:
                model(one)

    return calibrated(model, weights_of(model), run)


def check_near(found: Any, wanted: Any) -> None:  # noqa: ANN401
    found, wanted = (np.asarray(one) for one in (found, wanted))
    assert np.allclose(found, wanted, rtol=1e-3, atol=1e-3 * np.abs(wanted).max()), np.abs(found - wanted).max()


def check_convolutions() -> None:
    """Patches times weights are the layer's outputs, whatever its padding."""
    shapes = {torch.nn.Conv1d: (3, 4, 20), torch.nn.Conv2d: (3, 4, 12, 11), torch.nn.Conv3d: (2, 4, 6, 7, 5)}
    for kind, shape in shapes.items():
        for settings in _PADDINGS:
            layer, inputs = kind(4, 5, 3, bias=False, **settings).eval(), torch.randn(shape)
            with torch.no_grad():
                made = patches(layer, inputs) @ layer.weight.flatten(1).T
                check_near(made, layer(inputs).movedim(1, -1).flatten(0, -2))
    assert not seen(torch.nn.Conv1d(4, 4, 3, groups=4), torch.randn(2, 4, 9)).layers


def check_products() -> None:
    """A layer that is asked twice has seen both, around their mean where a bias follows."""
    inputs = torch.randn(50, 6) + 2
    layer = seen(torch.nn.Linear(6, 3), inputs[:20], inputs[20:].reshape(5, 6, 6)).layers["weight"]
    around = inputs - inputs.mean(0)
    assert (layer.count, layer.bias) == (50, "bias")
    check_near(layer.products, inputs.T @ inputs)
    check_near(layer.moments, around.T @ around)


def check_gates() -> None:
    """Every layer and direction is given its inputs and its own states."""
    for kind in (torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN):
        model = kind(5, 7, num_layers=2, bidirectional=True, batch_first=True).eval()
        inputs = torch.randn(4, 9, 5)
        found = seen(model, inputs)
        assert set(found.layers) == {name for name in weights_of(model) if name.startswith("weight")}
        assert found.gates >= set(found.layers)
        with torch.no_grad():
            states = model(inputs)[0][..., 7:].reshape(-1, 7)
        check_near(found.layers["weight_hh_l1_reverse"].products, states.T @ states)
        assert found.layers["weight_hh_l1_reverse"].bias == "bias_hh_l1_reverse"
        packed = torch.nn.utils.rnn.pack_padded_sequence(torch.randn(9, 4, 5), torch.tensor([9, 7, 3, 1]))
        assert seen(kind(5, 7), packed).layers["weight_ih_l0"].count == 20
    narrow = torch.nn.LSTM(5, 7, proj_size=3, batch_first=True).eval()
    assert seen(narrow, torch.randn(4, 9, 5)).layers["weight_hh_l0"].products.shape == (3, 3)


class Steps(torch.nn.Module):  # type: ignore[misc]
    """A cell, step by step."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = torch.nn.LSTMCell(5, 7)

    def forward(self, inputs: Any) -> Any:  # noqa: ANN401
        state = None
        for one in inputs:
            state = self.cell(one, state)
        return state


def check_cells() -> None:
    found = seen(Steps(), torch.randn(9, 4, 5)).layers
    assert (found["cell.weight_ih"].count, found["cell.weight_hh"].count) == (36, 32)


def check_tables_and_turned() -> None:
    table = seen(torch.nn.Embedding(10, 4), torch.tensor([[1, 2], [2, 9]])).tables["weight"]
    assert table.tolist() == [0, 1, 2, 0, 0, 0, 0, 0, 0, 1]
    inputs = torch.randn(2, 4, 11)
    layer = seen(torch.nn.ConvTranspose1d(4, 6, 3, stride=2), inputs).layers["weight"]
    flat = inputs.movedim(1, -1).reshape(-1, 4)
    assert layer.is_turned
    assert layer.bias is None
    check_near(layer.products, flat.T @ flat)


def put_right(model: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401
    """Change what the first layer answers, and match the statistics; those that were, and those that are then.

    The model answers as before with the latter, and does not without.
    """
    inputs = torch.randn(16, 3, 12, 12)

    def ask() -> Any:  # noqa: ANN401
        with torch.inference_mode():
            return model(inputs)

    was, right = weights_of(model), ask()
    before = spreads(model, was, ask)
    with torch.no_grad():
        model[0].weight *= 1.5
        model[0].bias.mul_(1.5).add_(0.7)
    moved = dict(matched(was, before, spreads(model, weights_of(model), ask, before)))
    assert not torch.allclose(ask(), right, atol=0.1)
    model.load_state_dict({**model.state_dict(), **{name: torch.tensor(one) for name, one in moved.items()}})
    check_near(ask(), right)
    return was, moved


def check_norms() -> None:
    """A layer whose outputs are scaled and moved answers as before with the statistics that are matched."""
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.ReLU()).eval()
    model[1].running_mean.uniform_(-1, 1)
    model[1].running_var.uniform_(0.05, 0.15)
    put_right(model)
    assert spreads(torch.nn.Linear(3, 3), {}, lambda: 1 / 0) == ()


def check_norms_in_a_row() -> None:
    """What the first one makes good the second one does not make good again."""
    model = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.Conv2d(8, 5, 3), torch.nn.BatchNorm2d(5)
    ).eval()
    for layer in (model[1], model[3]):
        layer.running_mean.uniform_(-1, 1)
        layer.running_var.uniform_(0.01, 0.02)
    was, moved = put_right(model)
    for name in ("3.running_mean", "3.running_var"):
        check_near(torch.tensor(moved[name]), torch.tensor(was[name]))


if __name__ == "__main__":
    torch.manual_seed(0)
    check_convolutions()
    check_products()
    check_gates()
    check_cells()
    check_tables_and_turned()
    check_norms()
    check_norms_in_a_row()
    print("held")
