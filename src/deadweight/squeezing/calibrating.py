"""What the layers of a torch model are given on real inputs, and what each of its weights is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from deadweight.judging.array import Array
from deadweight.squeezing.feedback import STRETCH, WIDEST
from deadweight.squeezing.rounding import Reals

_WINDOW = {"kernel_size": 1, "dilation": 1, "padding": 0, "stride": 1}
"""What a convolution sees at once, with what an axis has that it does not go along."""


@dataclass(slots=True)
class Calibration:
    """By tensor: the moments of a layer's inputs; `tables` are looked up by row, `gates` are of recurrent layers."""

    moments: dict[str, Reals] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    gates: set[str] = field(default_factory=set)

    def add(self, name: str, rows: Reals) -> None:
        """Add the outer products of inputs (inputs, columns)."""
        parts = _stretched(rows)
        found = parts.transpose(0, 2, 1) @ parts if parts.ndim == 3 else parts.T @ parts
        self.moments[name] = self.moments[name] + found if name in self.moments else found


def _stretched(rows: Reals) -> Reals:
    """Wide inputs in stretches, the last one filled with zeros: (stretches, inputs, STRETCH)."""
    width = rows.shape[1]
    if width <= WIDEST:
        return rows
    filled = np.pad(rows, ((0, 0), (0, -width % STRETCH)))
    return filled.reshape(len(rows), -1, STRETCH).transpose(1, 0, 2)


def calibrated(model: Any, tensors: Mapping[str, Array], run: Callable[[], object]) -> Calibration:  # noqa: ANN401
    """Run the model, and give what its layers saw. A model that is none of torch gives an empty Calibration."""
    found = Calibration()
    if not hasattr(model, "named_modules"):
        return found
    names = _names(model, tensors)
    hooks = [hook for module in model.modules() for hook in _watched(module, names, found)]
    try:
        run()
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _names(model: Any, tensors: Mapping[str, Array]) -> dict[int, str]:  # noqa: ANN401
    """The tensor that each parameter was made of, by the parameter's identity: by name, else by shape and values."""
    by_shape: dict[tuple[int, ...], list[str]] = {}
    for name, one in tensors.items():
        by_shape.setdefault(one.shape, []).append(name)
    found = {}
    for own, parameter in model.named_parameters():
        values = parameter.detach().cpu().numpy()
        near = sorted(by_shape.get(values.shape, ()), key=lambda name: (not name.endswith(own), name))
        same = next((name for name in near if np.array_equal(values, tensors[name].astype(values.dtype))), None)
        if same is not None:
            found[id(parameter)] = same
    return found


def _watched(module: Any, names: Mapping[int, str], found: Calibration) -> Iterator[Any]:  # noqa: ANN401
    """The hooks that watch one module, by its kind."""
    import torch

    weight = names.get(id(getattr(module, "weight", None)))
    if isinstance(module, torch.nn.Embedding | torch.nn.EmbeddingBag) and weight:
        found.tables.add(weight)
    elif isinstance(module, torch.nn.RNNBase):
        found.gates.update(names[id(one)] for one in module.parameters() if id(one) in names)
    elif isinstance(module, torch.nn.Linear) and weight:
        yield module.register_forward_hook(_linear(weight, found))
    elif isinstance(module, torch.nn.Conv1d | torch.nn.Conv2d) and weight and _is_plain(module):
        yield module.register_forward_hook(_convolution(weight, found))


def _is_plain(module: Any) -> bool:  # noqa: ANN401
    """Whether all outputs see all channels, and the padding is stated in numbers."""
    return bool(module.groups == 1 and not isinstance(module.padding, str) and module.padding_mode == "zeros")


def _linear(name: str, found: Calibration) -> Callable[[Any, Any, Any], None]:
    def see(module: Any, given: Any, _: Any) -> None:  # noqa: ANN401
        inputs = given[0].detach()
        found.add(name, inputs.reshape(-1, inputs.shape[-1]).double().cpu().numpy())

    return see


def _convolution(name: str, found: Calibration) -> Callable[[Any, Any, Any], None]:
    def see(module: Any, given: Any, _: Any) -> None:  # noqa: ANN401
        for patches in _patches(module, given[0].detach()):
            found.add(name, patches.T.double().cpu().numpy())

    return see


def _patches(module: Any, inputs: Any) -> Any:  # noqa: ANN401
    """What each place of the output sees, (examples, columns, places), columns in the order of the weights."""
    import torch

    is_flat = len(module.kernel_size) == 1
    window = {name: _pair(getattr(module, name), fill) for name, fill in _WINDOW.items()}
    return torch.nn.functional.unfold(inputs.unsqueeze(-2) if is_flat else inputs, **window)


def _pair(lengths: tuple[int, ...], fill: int) -> tuple[int, ...]:
    return (fill, *lengths) if len(lengths) == 1 else lengths
