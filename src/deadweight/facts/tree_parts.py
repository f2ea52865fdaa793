"""The parts of a source's tree that stand where words are: a walk of all of it takes ten times as long."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_left
from collections.abc import Iterator, Sequence

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef)


def tree_of(body: bytes | str) -> ast.Module | None:
    """The tree of the source, None for what this Python can't parse; never runs it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def lines_of(body: bytes, words: re.Pattern[bytes]) -> tuple[int, ...]:
    """The numbers of the lines in which a word stands, as Python counts them, sorted."""
    body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in body else body
    found: list[int] = []
    line = start = 0
    for match in words.finditer(body):
        line += body.count(b"\n", start, match.start())
        start = match.start()
        found.append(line + 1)
    return tuple(found)


def nodes_on(tree: ast.AST, lines: Sequence[int]) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    """Each node that one of the lines is part of, with the functions that it stands in, outermost first.

    Nodes that have no place of their own (arguments, handlers' types) are taken along.
    """
    waiting: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(tree, (tree,))]
    while waiting:
        here, around = waiting.pop()
        for child in ast.iter_child_nodes(here):
            if not _is_apart(child, lines):
                yield child, around
                waiting.append((child, (*around, child) if isinstance(child, _SCOPES) else around))


def _is_apart(node: ast.AST, lines: Sequence[int]) -> bool:
    """Whether the node stands on lines of its own, and none of them is one of these; a decorator stands before."""
    last = getattr(node, "end_lineno", None)
    if last is None:
        return False
    decorators = getattr(node, "decorator_list", ())
    first = min([node.lineno, *(one.lineno for one in decorators)])  # type: ignore[attr-defined]
    place = bisect_left(lines, first)
    return place == len(lines) or lines[place] > last
