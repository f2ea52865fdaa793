"""What the layers of a torch model are given on real inputs, and what each of its weights is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from deadweight.judging.array import Array
from deadweight.squeezing.calibration.hooks import hooked
from deadweight.squeezing.calibration.moments import Calibration
from deadweight.squeezing.calibration.patches import is_whole, patches
from deadweight.squeezing.calibration.recurrent import watch_cell, watch_layers

Hook = Callable[[Any, Any, Any], None]


def calibrated(model: Any, tensors: Mapping[str, Array], run: Callable[[], object]) -> Calibration:  # noqa: ANN401
    """Run the model, and give what its layers saw. A model that is none of torch gives an empty Calibration."""
    found = Calibration()
    if not hasattr(model, "named_modules"):
        return found
    names = names_of(model.named_parameters(), tensors)
    with hooked(
        module.register_forward_hook(hook) for module in model.modules() for hook in _hooks(module, names, found)
    ):
        run()
    return found


def names_of(parameters: Any, tensors: Mapping[str, Array]) -> dict[int, str]:  # noqa: ANN401  pairs of names and tensors
    """The tensor that each parameter was made of, by the parameter's identity: by name, else by shape and values."""
    by_shape: dict[tuple[int, ...], list[str]] = {}
    for name, one in tensors.items():
        by_shape.setdefault(one.shape, []).append(name)
    found = {}
    for own, parameter in parameters:
        values = parameter.detach().cpu().float().numpy()
        near = sorted(by_shape.get(values.shape, ()), key=lambda name: (not name.endswith(own), name))
        same = next((name for name in near if np.array_equal(values, tensors[name].astype(np.float32))), None)
        if same is not None:
            found[id(parameter)] = same
    return found


def _hooks(module: Any, names: Mapping[int, str], found: Calibration) -> Iterator[Hook]:  # noqa: ANN401
    """What watches one module, by its kind."""
    import torch

    weight, bias = (names.get(id(getattr(module, part, None))) for part in ("weight", "bias"))
    if isinstance(module, torch.nn.RNNBase | torch.nn.RNNCellBase):
        found.gates.update(names[id(one)] for one in module.parameters() if id(one) in names)
        yield _recurrent(names, found)
    elif weight and isinstance(module, torch.nn.Embedding | torch.nn.EmbeddingBag):
        yield _table(weight, found)
    elif weight and isinstance(module, torch.nn.Linear):
        yield _linear(weight, bias, found)
    elif weight and isinstance(module, torch.nn.modules.conv._ConvTransposeNd) and is_whole(module):
        yield _transposed(weight, found)
    elif weight and isinstance(module, torch.nn.modules.conv._ConvNd) and is_whole(module):
        yield _convolution(weight, bias, found)


def _table(name: str, found: Calibration) -> Hook:
    def see(module: Any, given: Any, _: Any) -> None:  # noqa: ANN401
        found.look_up(name, module.num_embeddings, given[0].detach().cpu().numpy())

    return see


def _linear(name: str, bias: str | None, found: Calibration) -> Hook:
    def see(module: Any, given: Any, _: Any) -> None:  # noqa: ANN401
        found.layer(name, bias).add(_flat(given[0]))

    return see


def _convolution(name: str, bias: str | None, found: Calibration) -> Hook:
    def see(module: Any, given: Any, _: Any) -> None:  # noqa: ANN401
        found.layer(name, bias).add(_flat(patches(module, given[0].detach())))

    return see


def _transposed(name: str, found: Calibration) -> Hook:
    """Each input is spread over several outputs: they are rounded as if these were features of their own."""

    def see(module: Any, given: Any, _: Any) -> None:  # noqa: ANN401
        layer = found.layer(name)
        layer.is_turned = True
        layer.add(_flat(given[0].movedim(-len(module.kernel_size) - 1, -1)))

    return see


def _recurrent(names: Mapping[int, str], found: Calibration) -> Hook:
    def see(module: Any, given: Any, _: Any) -> None:  # noqa: ANN401
        if hasattr(module, "num_layers"):
            watch_layers(module, names, found, given[0])
        else:
            watch_cell(module, names, found, given)

    return see


def _flat(inputs: Any) -> Any:  # noqa: ANN401
    """Inputs as rows."""
    return inputs.detach().reshape(-1, inputs.shape[-1]).float().cpu().numpy()
