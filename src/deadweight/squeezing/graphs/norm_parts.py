"""Normalisation of layers written as sums and products of whole arrays, which processors do many at a time.

onnxruntime's own kernel adds one number after the other: in an int8 session of MiniLM it was a fifth of all time
(onnxruntime 1.32). In these parts it is a tenth; onnxruntime would put the usual ones together again, so squares are
summed by one operator.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from deadweight.judging.array import Array
from deadweight.squeezing.graphs.wires import Wires, attribute, wires_of

_EPSILON = 1e-5
"""What the operator takes where none is named."""
_AXES_TAKEN = 18
"""The version of operators from which sums take their axes as an input, and no more as an attribute."""


def part_norms(model: Any) -> int:  # noqa: ANN401  protobuf is not typed
    """Write each normalisation over the last axis in parts; gives how many there were."""
    version = next(one.version for one in model.opset_import if one.domain in ("", "ai.onnx"))
    wires = wires_of(model.graph)
    nodes = [list(_parts(node, wires, version)) if _is_plain(node, wires) else [node] for node in model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(one for several in nodes for one in several)
    return sum(len(several) > 1 for several in nodes)


def _is_plain(node: Any, wires: Wires) -> bool:  # noqa: ANN401  as above
    """Whether it is of the last axis alone, of floats of 32 bits, and nobody looks at its mean."""
    if node.op_type != "LayerNormalization" or attribute(node, "axis", -1) != -1:
        return False
    scale = wires.constant(node.input[1])
    return scale is not None and scale.dtype == np.float32 and not any(name in wires.takers for name in node.output[1:])


def _parts(node: Any, wires: Wires, version: int) -> Iterator[Any]:  # noqa: ANN401  as above
    """With n numbers x a row: c = x - mean, then c · √n / √(Σc² + n · epsilon), scaled and moved."""
    from onnx import helper

    out, scale = node.output[0], wires.constant(node.input[1])
    count = 0 if scale is None else scale.size
    yield _constant(f"{out}.axis", np.array([-1]))
    yield _constant(f"{out}.epsilon", np.array(count * attribute(node, "epsilon", _EPSILON), np.float32))
    yield _constant(f"{out}.root", np.array(count**0.5, np.float32))
    is_moved = len(node.input) > 2 and bool(node.input[2])
    steps = [
        ("ReduceMean", (node.input[0], f"{out}.axis"), f"{out}.mean"),
        ("Sub", (node.input[0], f"{out}.mean"), f"{out}.centred"),
        ("ReduceSumSquare", (f"{out}.centred", f"{out}.axis"), f"{out}.squares"),
        ("Add", (f"{out}.squares", f"{out}.epsilon"), f"{out}.more"),
        ("Sqrt", (f"{out}.more",), f"{out}.spread"),
        ("Div", (f"{out}.root", f"{out}.spread"), f"{out}.factor"),
        ("Mul", (f"{out}.centred", f"{out}.factor"), f"{out}.even"),
        ("Mul", (f"{out}.even", node.input[1]), f"{out}.scaled" if is_moved else out),
    ]
    if is_moved:
        steps.append(("Add", (f"{out}.scaled", node.input[2]), out))
    for kind, taken, made in steps:
        is_early = kind.startswith("Reduce") and version < _AXES_TAKEN
        yield (
            helper.make_node(kind, taken[:1], [made], axes=[-1]) if is_early else helper.make_node(kind, taken, [made])
        )


def _constant(name: str, value: Array) -> Any:  # noqa: ANN401  as above
    from onnx import helper, numpy_helper

    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value))
