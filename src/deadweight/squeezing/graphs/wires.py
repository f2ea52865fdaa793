"""Who makes and who takes each value of a graph of ONNX, and what is constant in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deadweight.judging.array import Array
from deadweight.models.onnx_files import graphs


@dataclass(frozen=True, slots=True)
class Wires:
    """The nodes of a graph by the values that they make and take, and its constant tensors, by name."""

    makers: Mapping[str, Any]
    takers: Mapping[str, list[Any]]
    held: Mapping[str, Any]

    def maker(self, name: str, *kinds: str) -> Any:  # noqa: ANN401  protobuf is not typed
        """The node of one of the kinds that makes the value; None where another does."""
        node = self.makers.get(name)
        return node if node is not None and node.op_type in kinds else None

    def taker(self, name: str, kind: str) -> Any:  # noqa: ANN401  as above
        """The node of the kind that takes the value, where nothing else does; else None."""
        several = self.takers.get(name, [])
        return several[0] if len(several) == 1 and several[0].op_type == kind else None

    def constant(self, name: str) -> Array | None:
        """The elements of a constant value, None of one that is computed."""
        from onnx import numpy_helper

        tensor = self.held.get(name)
        return None if tensor is None else numpy_helper.to_array(tensor)


def wires_of(graph: Any) -> Wires:  # noqa: ANN401  as above
    """The wires of the outermost graph; what is looked at from outside, or within a node, is taken by None."""
    takers: dict[str, list[Any]] = {one.name: [None] for one in graph.output}
    held = {one.name: one for one in graph.initializer}
    for node in graph.node:
        for name in node.input:
            takers.setdefault(name, []).append(node)
        for name in _within(node):
            takers.setdefault(name, []).append(None)
        held.update(
            (node.output[0], one.t) for one in node.attribute if node.op_type == "Constant" and one.name == "value"
        )
    return Wires({name: node for node in graph.node for name in node.output}, takers, held)


def attribute(node: Any, name: str, default: Any = None) -> Any:  # noqa: ANN401  as above
    """The value of a node's attribute."""
    from onnx import helper

    return next((helper.get_attribute_value(one) for one in node.attribute if one.name == name), default)


def drop_idle(graph: Any) -> None:  # noqa: ANN401  as above
    """Take the nodes away whose values nothing looks at; a graph's nodes stand in the order of their work."""
    needed = {one.name for one in graph.output}
    kept = []
    for node in reversed(graph.node):
        if not needed.isdisjoint(node.output):
            kept.append(node)
            needed.update(node.input, _within(node))
    kept.reverse()
    del graph.node[:]
    graph.node.extend(kept)


def _within(node: Any) -> Iterator[str]:  # noqa: ANN401  as above
    """The values that the graphs within a node take."""
    for one in node.attribute:
        for inner in [*one.graphs, *([one.g] if one.HasField("g") else [])]:
            for graph in graphs(inner):
                yield from (name for each in graph.node for name in each.input)
                yield from (each.name for each in graph.output)
