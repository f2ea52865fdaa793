"""What a source imports by names that it builds: what they begin with, and where only a run can tell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from deadweight.facts.handed_names import Handed, handed
from deadweight.facts.tree_parts import lines_of, nodes_on, tree_of

_IMPORTERS = frozenset({"import_module", "__import__", "run_module", "resolve_name"})
_LISTERS = frozenset({"iter_modules", "walk_packages"})
_CALLED = _IMPORTERS | _LISTERS
_NAMES = re.compile(rb"\b(?:" + "|".join(sorted(_CALLED)).encode() + rb")\b")
_LOADED = frozenset({"__name__", "__module__", "__package__", "__qualname__"})
_CONTAINERS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Constant)
_BLANK = re.compile(r"%s|\{\w*\}")
_ENDING = re.compile(r"(?:\.[A-Za-z_]\w*)+\.?")


@dataclass(frozen=True, slots=True)
class DynamicImports:
    """What a source imports by built names.

    `prefixes` are what such names begin with, relative ones with their dots. `doubts` are the lines in which a name is
    imported that only a run can tell, `deferred` those of them in a module's `__getattr__`, whose names stand in
    strings of the module. `endings` are the constant parts behind what is not known: `.base` of `"%s.base" % name`,
    with a dot at its end where a name follows. `unread` is whether the source is none that this Python can parse.
    `lists` is whether it lists the modules of packages. `handed` is what functions import by their parameters
    alone, and neither a prefix nor a doubt yet.
    """

    prefixes: frozenset[str] = frozenset()
    doubts: tuple[int, ...] = ()
    deferred: tuple[int, ...] = ()
    unread: bool = False
    endings: frozenset[str] = frozenset()
    lists: bool = False
    handed: tuple[Handed, ...] = ()


def dynamic_imports(body: bytes) -> DynamicImports:
    """What the source imports by built names; never runs it."""
    tree = tree_of(body)
    if tree is None:
        return DynamicImports(unread=True)
    prefixes: set[str] = set()
    doubts: list[int] = []
    deferred: list[int] = []
    endings: set[str] = set()
    by_parameters: list[Handed] = []
    lists = False
    for call, scopes in _calls(tree, body):
        lists = lists or _called(call) in _LISTERS
        begins = _begins(call, scopes)
        given = handed(call, scopes) if (begins is None or begins) and _called(call) not in _LISTERS else None
        if given is not None:
            by_parameters.append(replace(given, begins=begins, endings=frozenset(_endings(call))))
            continue
        lazy = any(getattr(scope, "name", "") == "__getattr__" for scope in scopes)
        if begins is None or (begins and lazy):
            (deferred if lazy else doubts).append(call.lineno)
            endings.update(_endings(call))
        else:
            prefixes.update(begin for begin in begins if begin)
    return DynamicImports(
        frozenset(prefixes), tuple(doubts), tuple(deferred), False, frozenset(endings), lists, tuple(by_parameters)
    )


def _calls(tree: ast.AST, body: bytes) -> Iterator[tuple[ast.Call, tuple[ast.AST, ...]]]:
    """Each call that imports by name, with the functions that it stands in, outermost first."""
    for node, scopes in nodes_on(tree, lines_of(body, _NAMES)):
        if isinstance(node, ast.Call) and _called(node) in _CALLED:
            yield node, scopes


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _begins(call: ast.Call, scopes: tuple[ast.AST, ...]) -> frozenset[str] | None:
    """What the names that the call imports begin with: nothing where strings of the source say it, None if unknown."""
    if _called(call) in _LISTERS:
        return None
    if not call.args:
        return None if call.keywords else frozenset()
    found = _Reader(scopes).beginnings(call.args[0])
    package = call.args[1] if len(call.args) > 1 else None
    if found and isinstance(package, ast.Constant) and isinstance(package.value, str):
        return frozenset(f"{package.value}{begin}" if begin.startswith(".") else begin for begin in found)
    return found


def _endings(call: ast.Call) -> Iterator[str]:
    """The dotted texts in what the call imports: they stand behind what is not known."""
    for node in ast.walk(call.args[0]) if call.args else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for part in _BLANK.split(node.value):
                if part.startswith(".") and _ENDING.fullmatch(part):
                    yield part


@dataclass(slots=True)
class _Reader:
    """Reads what an expression's text begins with, following names through the scopes that it stands in."""

    scopes: tuple[ast.AST, ...]
    depth: int = 0

    def beginnings(self, node: ast.AST) -> frozenset[str] | None:
        self.depth += 1
        try:
            return None if self.depth > 12 else self._read(node)
        finally:
            self.depth -= 1

    def _read(self, node: ast.AST) -> frozenset[str] | None:
        if isinstance(node, ast.Constant):
            return frozenset()
        if isinstance(node, ast.JoinedStr):
            return self._joined(node.values)
        if isinstance(node, ast.BinOp):
            return self._joined([node.left, node.right])
        if isinstance(node, ast.Name):
            return frozenset() if node.id in _LOADED else self._named(node.id)
        if isinstance(node, ast.Attribute):
            return frozenset() if node.attr in _LOADED else None
        if isinstance(node, ast.IfExp | ast.BoolOp):
            return self._either([node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values)
        if isinstance(node, ast.Subscript):
            return self._container(node.value)
        if isinstance(node, ast.Call):
            return self._call(node)
        return None

    def _either(self, nodes: list[ast.expr]) -> frozenset[str] | None:
        found = [self.beginnings(node) for node in nodes]
        known = [one for one in found if one is not None]
        return frozenset().union(*known) if len(known) == len(found) else None

    def _joined(self, parts: list[ast.expr]) -> frozenset[str] | None:
        """What a text of several parts begins with; its own package where it begins with the module's name."""
        begin = ""
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                begin += part.value.partition("%")[0]
                if "%" in part.value:
                    break
                continue
            value = part.value if isinstance(part, ast.FormattedValue) else part
            if isinstance(value, ast.Name) and value.id in _LOADED and not begin:
                begin = "."
                continue
            if isinstance(value, ast.BinOp | ast.JoinedStr) and not begin:
                return self.beginnings(value)
            break
        return frozenset({_without_own_dot(begin)}) if begin else None

    def _call(self, node: ast.Call) -> frozenset[str] | None:
        function = node.func
        if not isinstance(function, ast.Attribute):
            return self.beginnings(node.args[0]) if _called(node) in ("str", "cast") and node.args else None
        if function.attr in ("format", "get", "strip", "lower", "replace", "pop"):
            if isinstance(function.value, ast.Constant) and isinstance(function.value.value, str):
                begin = function.value.value.partition("{")[0]
                return frozenset({begin}) if begin else None
            return self._container(function.value)
        if function.attr == "join" and node.args and isinstance(node.args[0], ast.List | ast.Tuple):
            first = node.args[0].elts[0] if node.args[0].elts else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                return frozenset({f"{first.value}."})
        return None

    def _container(self, node: ast.AST) -> frozenset[str] | None:
        """Nothing more than strings where what is looked into is written out in the source."""
        if isinstance(node, _CONTAINERS):
            return frozenset()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self._container(node.func.value)
        if isinstance(node, ast.Name):
            bound = list(self._bindings(node.id))
            written = [value for value, iterated in bound if isinstance(value, _CONTAINERS) or iterated]
            return frozenset() if bound and len(written) == len(bound) else None
        return None

    def _named(self, name: str) -> frozenset[str] | None:
        bound = list(self._bindings(name))
        found = [self._container(value) if iterated else self.beginnings(value) for value, iterated in bound]
        known = [one for one in found if one is not None]
        return frozenset().union(*known) if bound and len(known) == len(found) else None

    def _bindings(self, name: str) -> Iterator[tuple[ast.expr, bool]]:
        """What the name is bound to in the innermost scope that binds it, and whether it is an item of that."""
        for scope in reversed(self.scopes):
            found = _bound(scope, name)
            if found is None:
                return
            if found:
                yield from found
                return


def _bound(scope: ast.AST, name: str) -> list[tuple[ast.expr, bool]] | None:
    """The values that the scope binds to the name, None where one is its parameter."""
    arguments = getattr(scope, "args", None)
    if isinstance(arguments, ast.arguments):
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
        if any(one is not None and one.arg == name for one in every):
            return None
    found: list[tuple[ast.expr, bool]] = []
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and any(_binds(target, name) for target in node.targets):
            found.append((node.value, not isinstance(node.targets[0], ast.Name)))
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and _binds(node.target, name) and node.value:
            found.append((node.value, False))
        elif isinstance(node, ast.For | ast.comprehension) and _binds(node.target, name):
            found.append((node.iter, True))
    return found


def _binds(target: ast.AST, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(target))


def _without_own_dot(begin: str) -> str:
    """`.` for the module's own name followed by what is joined to it."""
    return "." + begin.lstrip(".") if begin.startswith("..") else begin
