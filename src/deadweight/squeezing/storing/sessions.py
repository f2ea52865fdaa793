"""A squeezed file as what runs: arrays of numpy, a state of torch, a session of onnxruntime.

import deadweight

weights = deadweight.numpy_weights("small.safetensors")
model.load_state_dict(deadweight.torch_state("small.safetensors"))
session = deadweight.onnx_session("small.safetensors", int8=True)
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deadweight.core.errors import Lacking, UsageError
from deadweight.judging.array import Array
from deadweight.judging.onnx_models import opened
from deadweight.models.bfloat16 import words_of
from deadweight.squeezing.graphs.quantising import Bits, Method, quantise_graph
from deadweight.squeezing.storing.dtypes import BFLOAT16
from deadweight.squeezing.storing.files import squeezed_model
from deadweight.squeezing.storing.graphs import filled_graph

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_NAME = "model.onnx"


def numpy_weights(path: str | os.PathLike[str]) -> dict[str, Array]:
    """The plain weights by name; bfloat16 as float32. Raises Corrupt for a file that was not squeezed."""
    return squeezed_model(Path(path)).weights()


def torch_state(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The weights as tensors of torch by name, each in the original's dtype; raises Lacking without torch."""
    try:
        import torch
    except ImportError as fault:
        raise Lacking("tensors of torch take torch", advice="pip install 'deadweight[models,torch]'") from fault
    model = squeezed_model(Path(path))
    words = model.words

    def tensor(name: str, one: Array) -> Any:  # noqa: ANN401  torch's own
        if words.get(name) == BFLOAT16:
            return torch.from_numpy(words_of(one).view(np.int16).copy()).view(torch.bfloat16)
        return torch.from_numpy(np.array(one))

    return {name: tensor(name, one) for name, one in model.weights().items()}


def onnx_session(path: str | os.PathLike[str], *, int8: bool = False) -> InferenceSession:
    """A session of the graph that the file was squeezed from; with `int8` it computes in 8 bits, faster and smaller.

    Raises UsageError for a file that was squeezed from weights without a graph.
    """
    graph = filled_graph(squeezed_model(Path(path)), Path(path))
    if graph is None:
        raise UsageError(
            "it was squeezed from weights, which have no graph",
            where=str(path),
            advice="deadweight model restore FILE -o model.onnx --task TASK.py makes one.",
        )
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, _NAME)
        made.write_bytes(graph.SerializeToString())
        if not int8:
            return opened(made)
        quantise_graph(made, Path(folder, f"int8.{_NAME}"), Bits(Method.DYNAMIC))
        return opened(Path(folder, f"int8.{_NAME}"))
