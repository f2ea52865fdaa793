"""What a Python source names and calls of other modules, by the dotted names that its imports give."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deadweight.core.project import Source


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `name` dotted as far as imports tell (a method of a value: its name behind a dot), and the node."""

    name: str
    node: ast.Call

    @property
    def last(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    def word(self, keyword: str, place: int | None = None) -> str:
        """The constant text of the argument, empty where it is none."""
        for one in self.node.keywords:
            if one.arg == keyword:
                return _text(one.value)
        if place is None or place >= len(self.node.args):
            return ""
        return _text(self.node.args[place])

    def has(self, keyword: str) -> bool:
        """Whether the keyword is given, and is not None or False."""
        return any(one.arg == keyword and not _is_nothing(one.value) for one in self.node.keywords)


@dataclass(frozen=True, slots=True)
class CalledNames:
    """What a source names: each dotted name with its first line, its calls, and the packages that it imports."""

    names: Mapping[str, int]
    calls: tuple[Call, ...]
    roots: frozenset[str]


def called_names(source: Source) -> CalledNames:
    """What the source names and calls, nothing where it could not be parsed."""
    if source.tree is None:
        return CalledNames({}, (), frozenset())
    nodes = list(ast.walk(source.tree))
    aliases = dict(pair for node in nodes for pair in _imported(node))
    names = dict(aliases.values())
    local = {alias: target for alias, (target, _) in aliases.items()}
    for node in nodes:
        if isinstance(node, ast.Attribute):
            name = _dotted(node, local)
            if name and not name.startswith("."):
                names.setdefault(name, node.lineno)
    calls = (Call(_dotted(node.func, local), node) for node in nodes if isinstance(node, ast.Call))
    return CalledNames(names, tuple(calls), frozenset(target.partition(".")[0] for target in local.values()))


def _imported(node: ast.AST) -> Iterator[tuple[str, tuple[str, int]]]:
    if isinstance(node, ast.Import):
        for one in node.names:
            yield one.asname or one.name.partition(".")[0], (_bound(one), node.lineno)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for one in node.names:
            yield one.asname or one.name, (f"{node.module}.{one.name}", node.lineno)


def _bound(one: ast.alias) -> str:
    return one.name if one.asname else one.name.partition(".")[0]


def _dotted(node: ast.expr, local: Mapping[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(local.get(node.id, node.id if not parts else ""))
        return ".".join(reversed(parts))
    return "." + ".".join(reversed(parts)) if parts else ""


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr) and node.values:
        return _text(node.values[-1])
    if isinstance(node, ast.BinOp):
        return _text(node.right)
    return _text(node.args[-1]) if isinstance(node, ast.Call) and node.args else ""


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in (None, False)
