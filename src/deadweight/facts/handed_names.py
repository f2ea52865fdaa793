"""Names that a function imports and that its callers hand to it, where every caller writes them out.

`add_newdoc(place, …)` of numpy imports `place`, and each of its callers gives it in a string; scipy's old modules say
in one call of what package they are and where their content went. One caller that computes the name, or hands the
function on, makes it what only a run can tell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from deadweight.facts.tree_parts import lines_of, nodes_on, tree_of

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ABOUT = frozenset({"__module__", "__name__", "__qualname__", "__doc__"})
"""What is read or set of a function without calling it."""
_DEEPEST = 4
_MOST = 200
"""More names than this from one call are none that are written out."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What a function imports by its parameters: the function, the imported text, and the line.

    Without its callers the name begins with one of `begins`, None where only a run can tell, and ends with one of
    `endings`.
    """

    function: ast.FunctionDef | ast.AsyncFunctionDef
    text: ast.expr
    line: int
    begins: frozenset[str] | None = None
    endings: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.function.name


def handed(call: ast.Call, scopes: tuple[ast.AST, ...]) -> Handed | None:
    """What the call imports by parameters of the function of the module that it stands in, None where by more."""
    function = scopes[-1]
    if len(scopes) != 2 or not isinstance(function, _FUNCTIONS) or not call.args or _is_relative(call):
        return None
    if function.decorator_list or function.name.startswith("__"):  # who calls it is not seen
        return None
    if not _parameters(call.args[0], function, _DEEPEST):
        return None
    given = {one.arg: frozenset({"x"}) for one in _every(function)}
    names = _texts(call.args[0], function, given) if all(map(_is_constant, _defaults(function).values())) else None
    return Handed(function, call.args[0], call.lineno) if names and not any(n.startswith(".") for n in names) else None


def _is_relative(call: ast.Call) -> bool:
    """Whether the name may count from a package that the call names."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name != "__import__":
        return len(call.args) + len(call.keywords) > 1
    return len(call.args) > 4 or any(one.arg == "level" for one in call.keywords)


def _every(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[ast.arg, ...]:
    return (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)


def _defaults(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str | None, ast.expr]:
    """The defaults of its parameters, by name."""
    arguments = function.args
    places = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    found: dict[str | None, ast.expr] = dict(zip(reversed(places), reversed(arguments.defaults), strict=False))
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return found | {one.arg: default for one, default in named if default is not None}


def _parameters(node: ast.AST, function: ast.FunctionDef | ast.AsyncFunctionDef, depth: int) -> frozenset[str] | None:
    """The parameters that the text is made of; None where of anything else."""
    if isinstance(node, ast.Constant):
        return frozenset()
    if isinstance(node, ast.JoinedStr):
        return _all(_parameters(part, function, depth) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _parameters(node.value, function, depth)
    if isinstance(node, ast.Name) and depth:
        own = frozenset(one.arg for one in _every(function) if one.arg == node.id)
        bound = [_parameters(value, function, depth - 1) for value in _values(function, node.id)]
        return _all([own, *bound]) if own or bound else None
    return None


def _all(found: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    every = list(found)
    known = [one for one in every if one is not None]
    return frozenset().union(*known) if len(known) == len(every) else None


def _values(function: ast.AST, name: str) -> Iterator[ast.AST]:
    """What the function binds to the name: an item of a loop is bound to what is looped over."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            yield _bound_to(function, node) or ast.Pass()


def _bound_to(function: ast.AST, target: ast.Name) -> ast.AST | None:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and target in node.targets:
            return node.value
        if isinstance(node, ast.For) and node.target is target:
            return node.iter
    return None


@dataclass(slots=True)
class Caller:
    """A source that may hand names to functions, parsed once for all of them."""

    body: bytes
    _tree: ast.Module | None = None
    _is_read: bool = False

    @property
    def tree(self) -> ast.Module | None:
        """Its tree, None where it can't be parsed."""
        if not self._is_read:
            self._tree, self._is_read = tree_of(self.body), True
        return self._tree


def names_handed(source: Caller, one: Handed) -> frozenset[str] | None:
    """The names that calls in the source hand to the function to be imported, None where it is used otherwise.

    A call that does not write out what it hands is another use; an import of the function is none.
    """
    name = one.name.encode()
    stands = re.compile(rb"\b%s\b" % re.escape(name))
    if name not in source.body or not stands.search(source.body):
        return frozenset()
    if source.tree is None:
        return None
    nodes = [node for node, _ in nodes_on(source.tree, lines_of(source.body, stands))]
    if any(
        isinstance(node, ast.alias) and node.name == one.name and node.asname not in (None, one.name) for node in nodes
    ):
        return None
    calls = [node for node in nodes if isinstance(node, ast.Call) and _is_it(node.func, one)]
    called = {id(call.func) for call in calls}
    called |= {id(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr in _ABOUT}
    if any(_is_it(node, one) and id(node) not in called for node in nodes):
        return None
    return _all(_of_call(call, one) for call in calls)


def _is_it(node: ast.AST, one: Handed) -> bool:
    return (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")) == one.name


def _of_call(call: ast.Call, one: Handed) -> frozenset[str] | None:
    arguments = one.function.args
    named = _defaults(one.function)
    named |= dict(zip((place.arg for place in (*arguments.posonlyargs, *arguments.args)), call.args, strict=False))
    named |= {given.arg: given.value for given in call.keywords}
    if None in named or any(isinstance(given, ast.Starred) for given in call.args):
        return None
    wanted = _parameters(one.text, one.function, _DEEPEST) or frozenset()
    if any(name in named and not _is_constant(named[name]) for name in wanted):
        return None
    given = {name: frozenset(_constants(named[name])) if name in named else frozenset[str]() for name in wanted}
    found = _texts(one.text, one.function, given)
    return found if len(found) < _MOST else None


def _texts(
    node: ast.AST, function: ast.FunctionDef | ast.AsyncFunctionDef, given: Mapping[str, frozenset[str]], depth: int = 4
) -> frozenset[str]:
    """What the text can come to with these strings for the parameters."""
    if isinstance(node, ast.Constant):
        return frozenset(_constants(node))
    if isinstance(node, ast.FormattedValue):
        return _texts(node.value, function, given, depth)
    if isinstance(node, ast.JoinedStr):
        parts = [sorted(_texts(part, function, given, depth)) for part in node.values]
        return frozenset("".join(one) for one, _ in zip(product(*parts), range(_MOST), strict=False))
    if isinstance(node, ast.Name) and depth:
        bound = (_texts(value, function, given, depth - 1) for value in _values(function, node.id))
        return given.get(node.id, frozenset()).union(*bound)
    return frozenset()


def _is_constant(node: ast.AST) -> bool:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(_is_constant(item) for item in node.elts)
    return isinstance(node, ast.Constant)


def _constants(node: ast.AST) -> Iterator[str]:
    """The strings in it."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
