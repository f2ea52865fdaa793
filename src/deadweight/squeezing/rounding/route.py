"""Which linear layers of a torch model can be fitted one after another, and what normalisation each of them ends in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from deadweight.squeezing.calibration.hooks import hooked

Run = Callable[[], object]
_NEAR = 1e-2
_NUDGE = 0.1
"""What is added to a layer's outputs to see whether it arrives unchanged, in shares of their deviation."""


@dataclass(frozen=True, slots=True)
class Step:
    """A linear layer by its place among the modules, and the names of its tensors.

    `norm` is the place of the normalisation that takes the sum of its outputs and of something else, such as what a
    residual connection carries past it; None where no such sum was found. `numbers` are those that came to it or from
    it, whichever are more.
    """

    place: str
    weight: str
    bias: str | None
    norm: str | None = None
    numbers: int = 0


@dataclass(frozen=True, slots=True)
class _Event:
    place: str
    shape: tuple[int, ...]
    is_norm: bool


def route(model: Any, names: Mapping[int, str], run: Run) -> tuple[Step, ...]:  # noqa: ANN401  the user's own model
    """The linear layers that `run` calls once each, in the order in which it does."""
    events = _events(model, names, run)
    calls = Counter(one.place for one in events)
    once = [one for one in events if calls[one.place] == 1]
    modules = dict(model.named_modules())
    held = Counter(names.get(id(modules[one.place].weight), "") for one in once if not one.is_norm)
    found = []
    for one, after in zip(once, [*once[1:], None], strict=False):
        module = modules[one.place]
        name = names.get(id(getattr(module, "weight", None)), "")
        if one.is_norm or held[name] != 1 or not name:
            continue
        is_taken = after is not None and after.is_norm and after.shape == one.shape
        norm = after.place if after is not None and is_taken and _is_sum(module, modules[after.place], run) else None
        numbers = prod(one.shape[:-1]) * max(module.weight.shape)
        found.append(Step(one.place, name, names.get(id(module.bias)), norm, numbers))
    return tuple(found)


def _events(model: Any, names: Mapping[int, str], run: Run) -> Sequence[_Event]:  # noqa: ANN401  as above
    """The linear layers and the normalisations that are called, in order."""
    import torch

    seen: list[_Event] = []

    def watch(place: str, module: Any) -> Any:  # noqa: ANN401
        if isinstance(module, torch.nn.Linear):
            return module.register_forward_hook(
                lambda _, __, out: seen.append(_Event(place, tuple(out.shape), is_norm=False))
            )
        return module.register_forward_pre_hook(
            lambda _, given: seen.append(_Event(place, tuple(given[0].shape), is_norm=True))
        )

    watched = {
        place: module
        for place, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
        or (type(module).__name__.endswith("Norm") and id(module.weight) in names)
    }
    with hooked(watch(place, module) for place, module in watched.items()):
        run()
    return seen


def _is_sum(layer: Any, norm: Any, run: Run) -> bool:  # noqa: ANN401  as above
    """Whether what is added to the layer's outputs comes to the normalisation as it is."""
    import torch

    nudges: list[Any] = []

    def nudge(_: Any, __: Any, out: Any) -> Any:  # noqa: ANN401
        shape = torch.randn(out.shape, generator=torch.Generator().manual_seed(1)).to(out)
        nudges.append(shape * out.std() * _NUDGE)
        return out + nudges[0]

    plain = _taken(norm, run)
    with hooked([layer.register_forward_hook(nudge)]):
        moved = _taken(norm, run)
    return bool((moved - plain - nudges[0]).norm() <= _NEAR * nudges[0].norm())


def _taken(norm: Any, run: Run) -> Any:  # noqa: ANN401  as above
    """What the normalisation is given."""
    found: list[Any] = []
    with hooked([norm.register_forward_pre_hook(lambda _, given: found.append(given[0].detach().clone()))]):
        run()
    return found[0]
