"""Run by a Python that has torch: layers that are fitted one after another give what the original does, more nearly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import active_count
from typing import Any

import numpy as np
import torch

from deadweight.judging.task import Program
from deadweight.squeezing.calibration.torch_layers import calibrated, names_of
from deadweight.squeezing.method import Choice, chosen
from deadweight.squeezing.rounding.following import followed
from deadweight.squeezing.rounding.route import route
from deadweight.squeezing.squeezing import Weights, kinds_of, squeezed
from deadweight.squeezing.storing.container import SqueezedModel

_WIDTH = 96
_RANDOM = np.random.default_rng(5)
_MIXED = _RANDOM.normal(size=(_WIDTH, _WIDTH)).astype(np.float32)
_INPUTS = [(_RANDOM.normal(size=(12, _WIDTH)).astype(np.float32) @ _MIXED) / 10 for _ in range(300)]


class Block(torch.nn.Module):  # type: ignore[misc]
    """Each half adds to what came in, normalised before or after, as transformers do."""

    def __init__(self, is_before: bool, is_shared: bool) -> None:
        super().__init__()
        self.is_before = is_before
        self.norms = torch.nn.ModuleList(torch.nn.LayerNorm(_WIDTH) for _ in range(2))
        self.first, self.wide = torch.nn.Linear(_WIDTH, _WIDTH), torch.nn.Linear(_WIDTH, 2 * _WIDTH)
        self.narrow = torch.nn.Linear(2 * _WIDTH, _WIDTH, bias=False)
        self.times = 2 if is_shared else 1

    def forward(self, hidden: Any) -> Any:  # noqa: ANN401
        for _ in range(self.times):
            if self.is_before:
                hidden = hidden + self.first(self.norms[0](hidden))
                hidden = hidden + self.narrow(torch.relu(self.wide(self.norms[1](hidden))))
            else:
                hidden = self.norms[0](hidden + self.first(hidden))
                hidden = self.norms[1](hidden + self.narrow(torch.relu(self.wide(hidden))))
        return hidden


class Net(torch.nn.Module):  # type: ignore[misc]
    def __init__(self, is_before: bool = False, is_shared: bool = False) -> None:
        super().__init__()
        self.blocks = torch.nn.ModuleList(Block(is_before, is_shared) for _ in range(3))
        self.head = torch.nn.Sequential(torch.nn.Linear(_WIDTH, 64), torch.nn.ReLU(), torch.nn.LayerNorm(64))

    def forward(self, hidden: Any) -> Any:  # noqa: ANN401
        for block in self.blocks:
            hidden = block(hidden)
        return self.head(hidden)


def program_of(kind: Any) -> tuple[Program, Weights]:  # noqa: ANN401
    torch.manual_seed(3)
    tensors = {name: one.detach().numpy().copy() for name, one in kind().state_dict().items()}

    def build(weights: Mapping[str, Any]) -> Any:  # noqa: ANN401
        model = kind()
        model.load_state_dict({name: torch.from_numpy(np.array(one)) for name, one in weights.items()})
        return model.eval()

    def predict(model: Any, inputs: Sequence[Any]) -> Any:  # noqa: ANN401
        with torch.inference_mode():
            return model(torch.from_numpy(np.stack(inputs))).mean(1).numpy()

    program = Program(build, predict, _INPUTS[:250], ())
    original = build(tensors)
    found = calibrated(original, tensors, lambda: program.rows(original, program.calibration))
    return program, Weights(tensors, kinds_of(tensors, set(), set()), found)


def error(program: Program, weights: Weights, model: SqueezedModel) -> float:
    """On inputs that nothing was fitted to."""
    was, now = (program.rows(program.build(one), _INPUTS[250:]) for one in (weights.tensors, model.weights()))
    return float((np.subtract(was, now, dtype=np.float64) ** 2).mean())


def both(kind: Any) -> tuple[Program, Weights, SqueezedModel, SqueezedModel]:  # noqa: ANN401
    program, weights = program_of(kind)
    choice = Choice(chosen(("feedback",))[0], 1.6)
    plain = squeezed(weights, choice)
    fitted = followed(program, weights, plain, choice)
    assert fitted is not None
    return program, weights, plain, fitted


def check_nearer() -> None:
    for is_before in (False, True):
        program, weights, plain, fitted = both(lambda is_before=is_before: Net(is_before))
        errors = [error(program, weights, one) for one in (plain, fitted)]
        assert errors[1] < 0.85 * errors[0], errors
        assert fitted.weights().keys() == plain.weights().keys()


def check_sums() -> None:
    """A normalisation after a sum is found; one behind something bent is none."""
    model, inputs = Net(), torch.randn(4, 12, _WIDTH)
    tensors = {name: one.detach().numpy().copy() for name, one in model.state_dict().items()}
    found = route(model, names_of(model.named_parameters(), tensors), lambda: model(inputs))
    assert [one.place for one in found][:4] == ["blocks.0.first", "blocks.0.wide", "blocks.0.narrow", "blocks.1.first"]
    assert [one.norm for one in found][:3] == ["blocks.0.norms.0", None, "blocks.0.norms.1"]
    assert (found[-1].place, found[-1].norm) == ("head.0", None)
    assert route(model, names_of(model.named_parameters(), tensors), lambda: (model(inputs), model(inputs))) == ()


def check_shared() -> None:
    """Layers that are called twice are left as they were rounded; the head is fitted."""
    _, _, plain, fitted = both(lambda: Net(is_shared=True))
    was, now = plain.weights(), fitted.weights()
    changed = {name for name in was if not np.array_equal(was[name], now[name])}
    assert changed == {"head.0.weight", "head.0.bias"}, changed


class Wandering(Net):
    """Turns its blocks around each time it is asked."""

    def forward(self, hidden: Any) -> Any:  # noqa: ANN401
        self.blocks = self.blocks[::-1]
        return super().forward(hidden)


def check_wandering() -> None:
    """A model whose layers come in another order each time is not fitted, and nobody waits for it."""
    program, weights = program_of(Wandering)
    choice = Choice(chosen(("feedback",))[0], 1.6)
    assert followed(program, weights, squeezed(weights, choice), choice) is None


if __name__ == "__main__":
    torch.manual_seed(1)
    before = active_count()
    check_sums()
    check_nearer()
    check_shared()
    check_wandering()
    assert active_count() == before
    print("held")
