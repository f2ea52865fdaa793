"""Attention that is written out in a graph becomes the one operator that onnxruntime has for it.

Products, mask, softmax and the turning of heads there and back are a dozen nodes a layer, each with a result of its
own: the operator (com.microsoft.MultiHeadAttention) keeps but the scores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from math import isnan, nan
from typing import Any

from deadweight.squeezing.graphs.wires import Wires, attribute, drop_idle, wires_of

_DOMAIN = "com.microsoft"
_HEADS_FIRST = [0, 2, 1, 3]
_TURNED = [0, 2, 3, 1]
_LAST_TURNED = [0, 1, 3, 2]
_OF_THREE = [0, 2, 1]
_LAST = (-1, 3)
_FIRST_SHAPE = 15
"""The version of operators from which Shape can be asked for one length."""


@dataclass(frozen=True, slots=True)
class _Attention:
    """The values of (examples, length, width) that go in, what is added to the scores, and the node that ends it.

    The scale is NaN where it is computed: then it is taken for the usual one, 1 / √(width of a head).
    """

    query: str
    key: str
    value: str
    mask: str
    heads: int
    scale: float
    last: Any


def fuse_attention(model: Any) -> int:  # noqa: ANN401  protobuf is not typed
    """Put the operator in the place of each attention; gives how many there were."""
    graph, version = model.graph, next(one.version for one in model.opset_import if one.domain in ("", "ai.onnx"))
    wires = wires_of(graph)
    found = [one for node in graph.node if node.op_type == "Softmax" and (one := _attention(wires, node)) is not None]
    if not found or version < _FIRST_SHAPE:
        return 0
    made = {one.last.output[0]: list(_nodes(one)) for one in found}
    nodes = [new for node in graph.node for new in made.get(node.output[0], [node])]
    del graph.node[:]
    graph.node.extend(nodes)
    drop_idle(graph)
    if not any(one.domain == _DOMAIN for one in model.opset_import):
        model.opset_import.add(domain=_DOMAIN, version=1)
    return len(found)


def _nodes(one: _Attention) -> Iterator[Any]:
    """The operator; it takes a mask of one row for each word only where it is written out."""
    from onnx import helper

    out = one.last.output[0]
    mask = f"{out}.mask" if one.mask else ""
    if mask:
        constant = helper.make_node("Constant", [], [f"{out}.one"], value_ints=[1])
        length = helper.make_node("Shape", [one.query], [f"{out}.words"], start=1, end=2)
        sides = [f"{out}.one", f"{out}.one", f"{out}.words", f"{out}.one"]
        wide = helper.make_node("Concat", sides, [f"{out}.shape"], axis=0)
        yield from (constant, length, wide, helper.make_node("Expand", [one.mask, f"{out}.shape"], [mask]))
    taken = [one.query, one.key, one.value, *(["", "", mask] if mask else [])]
    made = helper.make_node("MultiHeadAttention", taken, [out], f"{out}.attention", domain=_DOMAIN, num_heads=one.heads)
    if not isnan(one.scale):
        made.attribute.append(helper.make_attribute("scale", one.scale))
    yield made


def _attention(wires: Wires, softmax: Any) -> _Attention | None:  # noqa: ANN401  as above
    """What the softmax is the middle of, None where it is that of something else."""
    if attribute(softmax, "axis", -1) not in _LAST:
        return None
    end = _end(wires, softmax)
    for scores, mask in _masked(wires, softmax.input[0]):
        start = _start(wires, scores)
        if start is not None and end is not None:
            return _Attention(*start[:2], end[0], mask, *start[2:], end[1])
    return None


def _masked(wires: Wires, name: str) -> Iterator[tuple[str, str]]:
    """The scores, and what is added to them: either side of a sum may be the mask."""
    added = wires.maker(name, "Add")
    yield from permutations(added.input, 2) if added is not None else ((name, ""),)


def _start(wires: Wires, scores: str) -> tuple[str, str, int, float] | None:
    """Query, key, how many heads, and the factor of their products."""
    scores, whole = _unscaled(wires, scores)
    product = wires.maker(scores, "MatMul")
    if product is None:
        return None
    (query, ours), (key, theirs) = (_unscaled(wires, name) for name in product.input)
    first, second = _split(wires, query), _turned(wires, key)
    if first is None or second is None:
        return None
    return first[0], second, first[1], whole * ours * theirs


def _end(wires: Wires, softmax: Any) -> tuple[str, Any] | None:  # noqa: ANN401  as above
    """The values, and the node that puts what heads say side by side."""
    product = wires.taker(softmax.output[0], "MatMul")
    if product is None or product.input[0] != softmax.output[0]:
        return None
    value = _split(wires, product.input[1])
    turned = wires.taker(product.output[0], "Transpose")
    last = None if turned is None else wires.taker(turned.output[0], "Reshape")
    if value is None or last is None or attribute(turned, "perm") != _HEADS_FIRST:
        return None
    return value[0], last


def _unscaled(wires: Wires, name: str) -> tuple[str, float]:
    """The value before it was multiplied, and by what: NaN where that is computed."""
    factor = 1.0
    while (node := wires.maker(name, "Mul", "Div")) is not None:
        number = wires.constant(node.input[1])
        if number is not None and (number.size != 1 or number.item() == 0):
            break
        one = nan if number is None else float(number.item())
        factor, name = factor * one if node.op_type == "Mul" else factor / one, node.input[0]
    return name, factor


def _split(wires: Wires, name: str) -> tuple[str, int] | None:
    """The value before it was cut into heads, and how many there are."""
    shaped = _before(wires, name, (_HEADS_FIRST,))
    heads = 0 if shaped is None else _heads(wires, shaped.input[1])
    return None if shaped is None or heads < 1 else (shaped.input[0], heads)


def _turned(wires: Wires, name: str) -> str | None:
    """The key before it was cut into heads and turned, in any of the ways that exporters write it."""
    ways = ((_TURNED,), (_LAST_TURNED, _HEADS_FIRST), (None, _OF_THREE, None, _HEADS_FIRST))
    found = (_before(wires, name, way) for way in ways)
    return next((one.input[0] for one in found if one is not None), None)


def _before(wires: Wires, name: str, way: tuple[list[int] | None, ...]) -> Any:  # noqa: ANN401  as above
    """The Reshape before a way of Transposes, each with its order, and of Reshapes, None."""
    for order in way:
        node = wires.maker(name, "Reshape" if order is None else "Transpose")
        if node is None or (order is not None and attribute(node, "perm") != order):
            return None
        name = node.input[0]
    return wires.maker(name, "Reshape")


def _heads(wires: Wires, shape: str) -> int:
    """How many heads a shape (examples, length, heads, width) says, 0 where it does not."""
    whole, parts = wires.constant(shape), wires.maker(shape, "Concat")
    if whole is not None:
        return int(whole[-2]) if whole.size == len(_HEADS_FIRST) else 0
    one = wires.constant(parts.input[-2]) if parts is not None and len(parts.input) > 1 else None
    return 0 if one is None or one.size != 1 else int(one.item())
