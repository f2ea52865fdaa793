"""What a name is bound to in a scope of a Python source."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Path = tuple[int | None, ...]
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def last_name(node: ast.AST) -> str:
    """The name itself, or the attribute's."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def parameters(scope: ast.AST) -> list[str]:
    """The names of a function's parameters in order; none of what is no function."""
    arguments = getattr(scope, "args", None)
    if not isinstance(arguments, ast.arguments):
        return []
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
    return [one.arg for one in every if one is not None]


def argument(call: ast.Call, position: int, name: str) -> ast.AST | None:
    """What a call hands over at the position or by the name."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[position] if 0 <= position < len(call.args) else None


def assigned(module: ast.AST, name: str) -> Iterator[ast.expr]:
    """What is assigned to an attribute of that name, in a class or to `self`."""
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            yield from (value for value, path in bound(node, name) if not path and isinstance(value, ast.expr))
        elif isinstance(node, ast.Assign):
            owned = [one for one in node.targets if isinstance(one, ast.Attribute) and _is_own(one.value)]
            yield from (node.value for one in owned if one.attr == name)


def bound(scope: ast.AST, name: str) -> Iterator[tuple[ast.AST, Path]]:
    """The values that the scope itself binds to the name, each with the path of unpacking."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        for target, value, start in _binders(node):
            path = _path_to(target, name)
            if path is not None:
                yield value, (*start, *path)
        if not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))


def _binders(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST, Path]]:
    """Targets that the node binds, to what, and whether to each item of it."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value, ()) for target in node.targets)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield node.target, node.value, ()
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        yield node.target, node.iter, (None,)


def _path_to(target: ast.AST, name: str) -> Path | None:
    if isinstance(target, ast.Name):
        return () if target.id == name else None
    for position, part in enumerate(getattr(target, "elts", ())):
        path = _path_to(part, name)
        if path is not None:
            return (position, *path)
    return None


def _is_own(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")
