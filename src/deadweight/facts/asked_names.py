"""What the application's sources ask of libraries: names that they import, call and take as attributes.

`frames.load().plot()` asks `load` of the library, and `plot` of whatever it gives. A name that a source binds itself
asks nothing of anyone.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
from collections.abc import Iterator

from deadweight.facts.tree_parts import tree_of

_BUILT_IN = frozenset(name for kind in (builtins, dict, list, str, bytes, set, io.BufferedIOBase) for name in dir(kind))
"""What every program calls, of whatever it has: `get` or `values` asks no library for what only some do."""
_CALLED = re.compile(rb"\.[ \t]*([A-Za-z]\w*)|([A-Za-z]\w*)[ \t]*\(|\bimport[ \t(]+([\w, \t]+)")
_WORD = re.compile(rb"[A-Za-z]\w*")


def asked_names(body: bytes) -> Iterator[tuple[str, str]]:
    """Each name with the top-level module that it is asked of, empty for anything that may have it."""
    tree = tree_of(body)
    if tree is None:
        found = (word.decode() for groups in _CALLED.findall(body) for group in groups for word in _WORD.findall(group))
        pairs = ((name, "") for name in found)
    else:
        pairs = (pair for pair in _asked(tree))
    yield from (pair for pair in pairs if pair[0] not in _BUILT_IN)


def _asked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    nodes = list(ast.walk(tree))
    tops = {name: top for node in nodes for name, top, _ in _bound(node)}
    starred = any(name == "*" for name in tops)
    for node in nodes:
        yield from ((part, top) for _, top, parts in _bound(node) for part in parts)
        if isinstance(node, ast.Attribute):
            yield node.attr, tops.get(_root(node), "")
        elif starred and isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, ""


def _bound(node: ast.AST) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each name that an import binds, the top-level module that it leads to, and the names that it asks of that."""
    if isinstance(node, ast.Import):
        for one in node.names:
            top, _, inner = one.name.partition(".")
            yield one.asname or top, top, tuple(inner.split(".")) if inner else ()
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        top, _, inner = node.module.partition(".")
        for one in node.names:
            yield one.asname or one.name, top, (*(inner.split(".") if inner else ()), one.name)


def _root(node: ast.expr) -> str:
    """The name that a dotted name begins with, empty where it begins with a value."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
