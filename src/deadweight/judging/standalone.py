"""Models that run by themselves: which library runs a file, and what that has to be able to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deadweight.core.errors import UsageError
from deadweight.judging.array import Array

_TORCH = (".pt", ".pth", ".pt2", ".jit", ".ts")


@dataclass(frozen=True, slots=True)
class Standalone:
    """A model that runs by itself.

    `inputs` are their names, in order. `build` gives it with other weights, by name; `open` gives the model of a file
    of the same kind. Both raise UsageError. `run` takes columns in the order of the inputs, one array each, and gives
    the rows.
    """

    inputs: tuple[str, ...]
    build: Callable[[Mapping[str, Array]], Any]
    open: Callable[[Path], Any]
    run: Callable[[Any, Sequence[Array]], Array]
    exact: int = 0
    """Inputs that each call takes, 0 for any number."""
    note: str = ""


def standalone(path: Path) -> Standalone:
    """What runs the file; raises UsageError where it does not run by itself, Lacking where its library is not here."""
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path))
    if path.suffix == ".onnx":
        from deadweight.judging.onnx_models import onnx_model

        return onnx_model(path)
    if path.suffix in _TORCH:
        from deadweight.judging.torch_models import torch_model

        return torch_model(path)
    raise UsageError(
        "it does not run by itself",
        where=str(path),
        advice="Samples judge ONNX, TorchScript and torch.export files; others need a --task, which builds the model.",
    )
