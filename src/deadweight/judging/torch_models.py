"""TorchScript and torch.export files run by torch: as they are, or with other weights."""

from __future__ import annotations

import inspect
import os
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from deadweight.core.errors import Lacking, UsageError
from deadweight.judging.array import Array
from deadweight.judging.faults import failing
from deadweight.judging.standalone import Standalone

_SHOWN = 5


def torch_model(path: Path) -> Standalone:
    """The model; raises Lacking without torch, UsageError for a file that holds weights alone."""
    try:
        import torch
    except ImportError as fault:
        raise Lacking("running TorchScript needs torch", advice="pip install 'deadweight[torch]'") from fault
    if "DEADWEIGHT_THREADS" in os.environ:
        torch.set_num_threads(int(os.environ["DEADWEIGHT_THREADS"]))
    return Standalone(_inputs(opened(path)), _built(path), opened, ran)


def opened(path: Path) -> Any:  # noqa: ANN401  a module of torch
    """The module, on the CPU, in evaluation mode where it knows one."""
    import torch

    kind = _kind(path)
    with failing("opening it with torch", str(path)), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == "torch.export":
            return torch.export.load(str(path)).module()
        return torch.jit.load(str(path), map_location="cpu").eval()


def ran(module: Any, columns: Sequence[Array]) -> Array:  # noqa: ANN401  as above
    """The output, the first of several, for columns of inputs."""
    import torch

    with torch.inference_mode():
        found = module(*(torch.from_numpy(np.ascontiguousarray(column)) for column in columns))
    while isinstance(found, list | tuple):
        found = found[0]
    return np.asarray(found.numpy())


def _kind(path: Path) -> str:
    """Which of the two it is; raises UsageError for neither."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.partition("/")[2] for name in archive.namelist()]
    except (zipfile.BadZipFile, OSError):
        names = []
    if any(name.startswith("code/") for name in names):
        return "TorchScript"
    if "archive_format" in names:
        return "torch.export"
    raise UsageError(
        "it holds weights, and no program that runs",
        where=str(path),
        advice="Save it with torch.jit.save or torch.export.save, or write a --task, which builds the model.",
    )


def _inputs(module: Any) -> tuple[str, ...]:  # noqa: ANN401  as above
    schema = getattr(module.forward, "schema", None)
    if schema is not None:
        return tuple(one.name for one in schema.arguments[1:])
    return tuple(inspect.signature(module.forward).parameters)


def _built(path: Path) -> Callable[[Mapping[str, Array]], Any]:
    def build(weights: Mapping[str, Array]) -> Any:  # noqa: ANN401  as above
        import torch

        module = opened(path)
        own = dict(module.state_dict())
        named = {name: _named(name, weights) for name in own}
        absent = [name for name, there in named.items() if there is None]
        if absent:
            raise UsageError(f"the weights have no {', '.join(absent[:_SHOWN])}", where=str(path))
        with torch.no_grad():
            for name, there in named.items():
                own[name].copy_(torch.from_numpy(np.array(weights[there or name])))
        return module

    return build


def _named(own: str, weights: Mapping[str, Array]) -> str | None:
    """The weights' name for a tensor of the module: the same, or the only one that ends in it."""
    if own in weights:
        return own
    ends = [name for name in weights if name.endswith((f".{own}", f"/{own}"))]
    return ends[0] if len(ends) == 1 else None
