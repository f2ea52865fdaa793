"""The values of YAML documents with their keys and lines; nothing of them is built but text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml.nodes import Node

_MOST = 200_000
_PLACES = 64


class Unreadable(Exception):
    """The text is no YAML, or YAML cannot be read here."""


def yaml_values(text: str) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Keys, text and line of each value, in the order of the documents.

    A node that is repeated by an alias is told once, so that a small file cannot grow. Raises Unreadable.
    """
    try:
        import yaml
    except ImportError as fault:
        raise Unreadable("reading YAML takes pyyaml: pip install 'deadweight[deps]'") from fault
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        documents = list(yaml.compose_all(text, Loader=loader))
    except (yaml.YAMLError, ValueError) as fault:
        raise Unreadable(str(fault)) from fault
    seen: set[int] = set()
    for document in documents:
        if document is not None:
            yield from _values(document, (), seen)


def _values(node: Node, keys: tuple[str, ...], seen: set[int]) -> Iterator[tuple[tuple[str, ...], str, int]]:
    from yaml.nodes import MappingNode, ScalarNode, SequenceNode

    if id(node) in seen or len(keys) > _PLACES or len(seen) > _MOST:
        return
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        yield keys, node.value, node.start_mark.line + 1 + (node.style in ("|", ">"))
    elif isinstance(node, SequenceNode):
        for place, item in enumerate(node.value):
            yield from _values(item, (*keys, str(place)), seen)
    elif isinstance(node, MappingNode):
        for key, item in node.value:
            yield from _values(item, (*keys, str(key.value) if isinstance(key, ScalarNode) else ""), seen)
