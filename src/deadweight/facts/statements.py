"""The statements of a Python source, each with what it takes to get there: a guard, a type checker, a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

_IMPORT_FAULTS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_CHECKING = frozenset({"TYPE_CHECKING", "MYPY"})
_SYSTEM = frozenset({"version_info", "platform", "hexversion", "implementation", "python_implementation", "machine"})
_SYSTEM_TOO = frozenset({"PY2", "PY3", "PYPY", "IS_PYPY", "WINDOWS", "ON_WINDOWS", "WIN32"})
_ASKS = ("available", "installed", "has_", "have_", "find_spec", "importable", "optional")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a statement.

    `is_optional`: the code goes on where an import fails there, or asks first. `is_typing`: only a type checker reads
    it. `scopes` are the module and the functions and classes that it stands in, outermost first.
    """

    scopes: tuple[ast.AST, ...]
    is_optional: bool = False
    is_typing: bool = False

    @property
    def is_deferred(self) -> bool:
        """Whether it runs when a function is called, not when the module is imported."""
        return any(isinstance(scope, _FUNCTIONS) for scope in self.scopes)


def statements(tree: ast.Module) -> Iterator[tuple[ast.stmt, Context]]:
    """Every statement in the order of the source."""
    aliases = frozenset(_typing_aliases(tree)) | _CHECKING
    waiting = [(node, Context((tree,))) for node in reversed(tree.body)]
    while waiting:
        node, context = waiting.pop()
        yield node, context
        waiting.extend(reversed([*_within(node, context, aliases)]))


def expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Every expression of the statement itself: not those of the statements in it."""
    waiting: list[ast.AST] = [
        child for name, child in _children(statement) if name not in _BLOCKS or isinstance(child, ast.expr)
    ]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.expr):
            yield node
        waiting.extend(ast.iter_child_nodes(node))


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, ast.AST):
                yield name, child


def _typing_aliases(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            yield from (one.asname for one in node.names if one.name in _CHECKING and one.asname)


def _within(node: ast.stmt, context: Context, aliases: frozenset[str]) -> Iterator[tuple[ast.stmt, Context]]:
    """The statements that stand directly in this one."""
    if isinstance(node, ast.If):
        body, otherwise = _branches(node.test, context, aliases)
        yield from ((one, body) for one in node.body)
        yield from ((one, otherwise) for one in node.orelse)
    elif isinstance(node, ast.Try | ast.TryStar):
        yield from _attempted(node, context)
    elif isinstance(node, ast.With | ast.AsyncWith):
        guarded = any(_suppresses(item.context_expr) for item in node.items)
        inner = replace(context, is_optional=True) if guarded else context
        yield from ((one, inner) for one in node.body)
    else:
        scoped = isinstance(node, (*_FUNCTIONS, ast.ClassDef))
        inner = replace(context, scopes=(*context.scopes, node)) if scoped else context
        for name, child in _children(node):
            if name in _BLOCKS:
                yield from ((one, inner) for one in _plain(child))


def _plain(child: ast.AST) -> Iterator[ast.stmt]:
    """The statement, or those of a case of `match`."""
    if isinstance(child, ast.stmt):
        yield child
    elif isinstance(child, ast.match_case):
        yield from child.body


def _attempted(node: ast.Try | ast.TryStar, context: Context) -> Iterator[tuple[ast.stmt, Context]]:
    guarded = any(_catches(handler.type) for handler in node.handlers)
    inner = replace(context, is_optional=True) if guarded else context
    yield from ((one, inner) for one in (*node.body, *node.orelse))
    for handler in node.handlers:
        yield from ((one, inner if _catches(handler.type) else context) for one in handler.body)
    yield from ((one, context) for one in node.finalbody)


def _catches(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    if isinstance(kind, ast.Tuple):
        return any(_catches(one) for one in kind.elts)
    return _last_name(kind) in _IMPORT_FAULTS


def _suppresses(node: ast.expr) -> bool:
    called = isinstance(node, ast.Call) and _last_name(node.func) == "suppress"
    return called and any(_catches(one) for one in node.args)  # type: ignore[attr-defined]  # it is a Call


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _branches(test: ast.expr, context: Context, aliases: frozenset[str]) -> tuple[Context, Context]:
    """The contexts of the body and of what is behind `else`."""
    for_types = replace(context, is_typing=True)
    checking = _is_checking(test, aliases)
    if checking is not None:
        return (for_types, context) if checking else (context, for_types)
    if _asks(test):
        asked = replace(context, is_optional=True)
        return asked, asked
    return context, context


def _is_checking(test: ast.expr, aliases: frozenset[str]) -> bool | None:
    """True where the condition holds only for type checkers, False where only for them it does not, None otherwise."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _is_checking(test.operand, aliases)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        wanted = isinstance(test.op, ast.And)
        return wanted if any(_is_checking(one, aliases) is wanted for one in test.values) else None
    if isinstance(test, ast.Constant):
        return True if test.value in (False, 0) and test.value is not None else None
    return True if _last_name(test) in aliases else None


def _asks(test: ast.expr) -> bool:
    """Whether the condition asks what system it runs on, or whether something is there."""
    for node in ast.walk(test):
        name = _last_name(node) if isinstance(node, ast.Attribute | ast.Name) else ""
        if name in _SYSTEM or name in _SYSTEM_TOO or _is_of_system(node):
            return True
        if name and any(word in name.lower() for word in _ASKS):
            return True
    return False


def _is_of_system(node: ast.AST) -> bool:
    """Whether it is `os.name` or `sys.modules`."""
    return isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in (
        ("os", "name"),
        ("sys", "modules"),
    )
