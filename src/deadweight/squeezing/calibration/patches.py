"""What each output of a convolution of torch sees of its inputs."""

from __future__ import annotations

from typing import Any

MOST = 4096
"""Outputs of one call that are looked at, evenly spread."""
_AT_ONCE = 1 << 25
"""Elements of the patches of one call."""


def is_whole(module: Any) -> bool:  # noqa: ANN401  a module of torch
    """Whether all outputs see all channels."""
    return bool(module.groups == 1)


def patches(module: Any, inputs: Any) -> Any:  # noqa: ANN401  as above; tensors
    """(outputs, columns), columns in the order of the weights: channels, then the places of the window."""
    import torch

    axes = len(module.kernel_size)
    batched = inputs if inputs.ndim == axes + 2 else inputs.unsqueeze(0)
    held = torch.nn.functional.pad(batched, *_padding(module))
    for axis, (size, step, apart) in enumerate(zip(module.kernel_size, module.stride, module.dilation, strict=True)):
        held = held.unfold(axis + 2, apart * (size - 1) + 1, step)[..., ::apart]
    windows = held.movedim(1, axes + 1)
    places, columns = windows.shape[: axes + 1], windows.shape[axes + 1 :].numel()
    step = -(-places.numel() // max(1, min(MOST, _AT_ONCE // columns)))
    chosen = torch.arange(0, places.numel(), step)
    return windows[torch.unravel_index(chosen, places)].flatten(1)


def _padding(module: Any) -> tuple[list[int], str]:  # noqa: ANN401  as above
    """How much is added at each end of each axis, the last one first, and how it is filled."""
    if module.padding == "valid":
        return [0, 0] * len(module.kernel_size), "constant"
    mode = "constant" if module.padding_mode == "zeros" else module.padding_mode
    return list(module._reversed_padding_repeated_twice), mode
