"""The graph that squeezed weights belong to: kept without them in the recipe, filled with them again."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from deadweight.core.errors import Corrupt
from deadweight.judging.array import Array
from deadweight.models import onnx_files
from deadweight.models.reading import read
from deadweight.squeezing.storing.coding import packed, unpacked
from deadweight.squeezing.storing.container import SqueezedModel

GRAPH = "graph"
_LENGTH = "graph bytes"
_ELEMENTS = ("raw_data", "float_data", "double_data", "int32_data", "int64_data", "uint64_data", "external_data")
_SMALLEST = 256
"""Elements below which a tensor stays in the graph: shapes, axes and constants of formulas."""


def with_graph(model: SqueezedModel, path: Path) -> SqueezedModel:
    """The model with the graph of the file in its recipe, where the file has one; its weights are not in it twice."""
    if not read(path).has_graph:
        return model
    _, graph = onnx_files.graph_of(path)
    for name, tensor in named_tensors(graph.graph):
        is_held = name in model.squeezed or name in model.plain
        if is_held and prod(tensor.dims) >= _SMALLEST:
            _empty(tensor)
        else:
            onnx_files.loaded(tensor, path.parent)
    body = graph.SerializeToString(deterministic=True)
    text = base64.b64encode(packed(body)).decode("ascii")
    return replace(model, recipe={**model.recipe, GRAPH: text, _LENGTH: len(body)})


def filled_graph(model: SqueezedModel, where: Path) -> Any:  # noqa: ANN401  protobuf is not typed
    """The ModelProto with its weights, None where the recipe has no graph; raises Corrupt where one is missing."""
    if GRAPH not in model.recipe:
        return None
    onnx = onnx_files.onnx_library()
    try:
        graph = onnx.ModelProto.FromString(unpacked(base64.b64decode(model.recipe[GRAPH]), int(model.recipe[_LENGTH])))
    except (ValueError, TypeError, KeyError) as fault:  # DecodeError of protobuf is a ValueError
        raise Corrupt(f"its graph cannot be read ({fault})", where=str(where)) from fault
    weights = model.weights()
    for name, tensor in named_tensors(graph.graph):
        if _is_empty(tensor):
            _fill(tensor, name, weights, where)
    return graph


def named_tensors(graph: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  as above
    """The initializers and constants of the outermost graph, named as the reader of ONNX names them."""
    for one in graph.initializer:
        yield one.name, one
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.name == "value" and attribute.HasField("t"):
                yield node.output[0], attribute.t


def _empty(tensor: Any) -> None:  # noqa: ANN401  as above
    """Take its elements away."""
    for kind in _ELEMENTS:
        tensor.ClearField(kind)
    tensor.ClearField("data_location")


def _is_empty(tensor: Any) -> bool:  # noqa: ANN401  as above
    return prod(tensor.dims) >= _SMALLEST and not any(field.name in _ELEMENTS for field, _ in tensor.ListFields())


def _fill(tensor: Any, name: str, weights: Mapping[str, Array], where: Path) -> None:  # noqa: ANN401  as above
    from onnx import helper, numpy_helper

    one = weights.get(name)
    if one is None or one.shape != tuple(tensor.dims):
        raise Corrupt(f"its graph has a tensor {name!r} that is not there in that shape", where=str(where))
    dtype = helper.tensor_dtype_to_np_dtype(tensor.data_type)
    made = numpy_helper.from_array(np.ascontiguousarray(one).astype(dtype), tensor.name)
    tensor.CopyFrom(made)
