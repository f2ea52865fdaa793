"""The texts that an expression can come to, followed through names, containers, loops, f-strings and callers."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from deadweight.facts.bindings import Path, argument, assigned, bound, last_name, parameters

UNKNOWN = "\0"
"""Stands in a text for the part that only a run can tell."""

_MOST = 400
_DEEPEST = 12
_LONGEST = 2000
"""Steps for one expression: names that are bound many times by one another double with each step of the way."""
_SAME = frozenset({"strip", "lstrip", "rstrip", "lower", "casefold", "copy"})
_VIEWS = frozenset({"items", "values", "keys"})
_TAKING = frozenset({"get", "pop"})
_OWN_NAME = frozenset({"__name__", "__package__", "__module__", "__qualname__"})
_CASTS = frozenset({"str", "cast", "tuple", "list", "sorted", "set", "frozenset", "reversed", "iter"})
_DISPLAYS = (ast.List, ast.Tuple, ast.Set)
Texts = frozenset[str]
ANYTHING: Texts = frozenset({UNKNOWN})


@dataclass(slots=True)
class ConstantTexts:
    """Reads expressions that stand in the scopes, outermost first; the first is the module.

    `settings` are the values that files of the project give to environment variables. `calls` are the calls in the
    module by the last name of what is called; one that is empty is filled, so that several readers share it.
    """

    scopes: tuple[ast.AST, ...]
    settings: Mapping[str, Texts] = field(default_factory=dict)
    calls: dict[str, list[ast.Call]] = field(default_factory=dict)
    _depth: int = 0
    _steps: int = 0

    def of(self, node: ast.AST) -> Texts:
        """All texts that the expression can come to, each cut behind UNKNOWN where a part is not known."""
        self._steps = self._steps + 1 if self._depth else 0
        self._depth += 1
        try:
            found = ANYTHING if self._depth > _DEEPEST or self._steps > _LONGEST else self._read(node)
        finally:
            self._depth -= 1
        known = frozenset(_until_unknown(text) for text in found)
        return known if 0 < len(known) <= _MOST else ANYTHING

    def _read(self, node: ast.AST) -> Texts:
        match node:
            case ast.Constant(value=str(text)):
                return frozenset({text})
            case ast.Constant(value=None):
                return frozenset({""})
            case ast.JoinedStr(values=parts):
                return self._joined(parts)
            case ast.FormattedValue(value=value):
                return self.of(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined([left, right])
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return self._filled(left, "%s", right.elts if isinstance(right, ast.Tuple) else [right])
            case ast.IfExp(body=body, orelse=other):
                return self.of(body) | self.of(other)
            case ast.BoolOp(values=values):
                return frozenset().union(*map(self.of, values)) - {""}
            case ast.NamedExpr(value=value):
                return self.of(value)
            case ast.Subscript():
                return self._looked_up(node)
            case ast.Call():
                return self._called(node)
            case ast.Name(id=name):
                return frozenset({"."}) if name in _OWN_NAME else self._named(name)
            case ast.Attribute():
                return self._attribute(node)
        return ANYTHING

    def _joined(self, parts: Iterable[ast.AST]) -> Texts:
        choices = [sorted(self.of(part)) for part in parts]
        size = 1
        for choice in choices:
            size *= len(choice)
        return frozenset("".join(one) for one in product(*choices)) if size <= _MOST else ANYTHING

    def _filled(self, template: ast.AST, blank: str, values: Iterable[ast.AST]) -> Texts:
        """A template with its blanks filled in order."""
        found = self.of(template)
        for value in values:
            found = frozenset(one.replace(blank, text, 1) for one in found for text in self.of(value))
        return found

    def _called(self, node: ast.Call) -> Texts:
        if isinstance(node.func, ast.Attribute):
            return self._of_method(node.func, node.args)
        name = getattr(node.func, "id", "")
        if name == "getenv":
            return self._setting(node.args)
        return self.of(node.args[-1]) if name in _CASTS and node.args else ANYTHING

    def _of_method(self, function: ast.Attribute, given: list[ast.expr]) -> Texts:
        """What a method of a text, of the environment or of a container gives."""
        name, owner = function.attr, function.value
        if name == "getenv" or (name in _TAKING and _is_environ(owner)):
            return self._setting(given)
        if name in _TAKING:
            return self._held(owner, None) | (self.of(given[1]) if len(given) > 1 else frozenset())
        return self._of_text(name, owner, given)

    def _of_text(self, name: str, text: ast.expr, given: list[ast.expr]) -> Texts:
        if name in _SAME:
            return self.of(text)
        if name == "format":
            return self._filled(text, "{}", given)
        if name == "replace" and len(given) == 2:
            return self._replaced(text, *given)
        if name == "join" and given and isinstance(given[0], ast.List | ast.Tuple):
            return self._linked(text, given[0].elts)
        return ANYTHING

    def _replaced(self, text: ast.AST, old: ast.AST, new: ast.AST) -> Texts:
        pairs = [(before, after) for before in self.of(old) for after in self.of(new)]
        return frozenset(one.replace(*pair) for one in self.of(text) for pair in pairs)

    def _linked(self, between: ast.AST, items: list[ast.expr]) -> Texts:
        parts: list[ast.AST] = []
        for item in items:
            parts += [between, item] if parts else [item]
        return self._joined(parts)

    def _setting(self, words: list[ast.expr]) -> Texts:
        """What an environment variable can be: what files of the project set, and what stands in for it."""
        named = self.of(words[0]) if words else ANYTHING
        known = frozenset().union(*(self.settings.get(name, frozenset()) for name in named))
        default = self.of(words[1]) if len(words) > 1 else frozenset()
        return known | default or ANYTHING

    def _looked_up(self, node: ast.Subscript) -> Texts:
        if _is_environ(node.value):
            return self._setting([node.slice])
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return self._held(node.value, key)

    def _held(self, node: ast.AST, key: object) -> Texts:
        """What a container holds: at the key, where that is known."""
        texts: set[str] = set()
        for display in self._displays(node):
            texts |= frozenset().union(*map(self.of, _items(display, key))) if display else ANYTHING
        return frozenset(texts) or ANYTHING

    def _displays(self, node: ast.AST) -> Iterator[ast.AST | None]:
        """The containers that the expression can be, as they are written out; None for one that is not."""
        match node:
            case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                yield node
            case ast.Call():
                yield from self._displays_called(node)
            case ast.Subscript(value=value, slice=place):
                yield from self._displays_at(value, place)
            case ast.BinOp(left=left, right=right):
                yield from (*self._displays(left), *self._displays(right))
            case ast.Name(id=name) if self._depth < _DEEPEST:
                yield from self._displays_bound(name)
            case _:
                yield None

    def _displays_called(self, node: ast.Call) -> Iterator[ast.AST | None]:
        """Those of a view of a container, or of a cast of one."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in _VIEWS:
            for display in self._displays(node.func.value):
                yield _viewed(display, node.func.attr)
        elif getattr(node.func, "id", "") in _CASTS and node.args:
            yield from self._displays(node.args[0])
        else:
            yield None

    def _displays_at(self, value: ast.AST, place: ast.expr) -> Iterator[ast.AST | None]:
        """Those that a container holds at a place."""
        key = place.value if isinstance(place, ast.Constant) else None
        for display in self._displays(value):
            for item in _items(display, key) if display else [place]:
                yield from self._displays(item)

    def _displays_bound(self, name: str) -> Iterator[ast.AST | None]:
        """Those that a name is bound to."""
        self._depth += 1
        bound = [value for value, path in self._bindings(name) if not path]
        for value in bound:
            yield from self._displays(value)
        self._depth -= 1
        if not bound:
            yield None

    def _named(self, name: str) -> Texts:
        found: set[str] = set()
        for value, path in self._bindings(name):
            found |= self._unpacked(value, path) if path else self.of(value)
        return frozenset(found) or ANYTHING

    def _unpacked(self, value: ast.AST, path: Path) -> Texts:
        """What a name is bound to by unpacking the value along the path; None is each item of it."""
        if not path:
            return self.of(value)
        found: set[str] = set()
        for display in self._displays(value):
            if display is None:
                return ANYTHING
            items = _keys(display) if path[0] is None else _items(display, path[0])
            found |= frozenset().union(*(self._unpacked(item, path[1:]) for item in items))
        return frozenset(found)

    def _attribute(self, node: ast.Attribute) -> Texts:
        if node.attr in _OWN_NAME:
            return frozenset({"."})
        found = list(assigned(self.scopes[0], node.attr)) if last_name(node.value) in ("self", "cls") else []
        return frozenset().union(*map(self.of, found)) if found else ANYTHING

    def _bindings(self, name: str) -> Iterator[tuple[ast.AST, Path]]:
        """What the name is bound to in the innermost scope that binds it, and the path of unpacking to it."""
        for scope in reversed(self.scopes):
            if name in parameters(scope):
                yield from ((value, ()) for value in self._given(scope, name))
                return
            found = list(bound(scope, name))
            if found:
                yield from found
                return

    def _given(self, function: ast.AST, parameter: str) -> Iterator[ast.AST]:
        """What callers in the same source hand over for the parameter, and its default."""
        called = getattr(function, "name", "")
        names = parameters(function)
        skip = 1 if names[:1] in (["self"], ["cls"]) else 0
        position = names.index(parameter) - skip
        given = [argument(call, position, parameter) for call in self._calls_of(called)]
        for one in filter(None, given):
            yield from self._at_caller(one)
        if not (any(given) and called.startswith("_")):
            yield ast.Constant(UNKNOWN)

    def _at_caller(self, given: ast.AST) -> Iterator[ast.AST]:
        """What a caller hands over, which may know names that stand nowhere here: those of the module are followed."""
        if isinstance(given, (*_DISPLAYS, ast.Dict, ast.Constant)):
            yield given
            return
        above = ConstantTexts(self.scopes[:1], self.settings, self.calls, self._depth + 2)
        yield from map(ast.Constant, above.of(given))

    def _calls_of(self, name: str) -> list[ast.Call]:
        if not self.calls:
            for node in ast.walk(self.scopes[0]):
                if isinstance(node, ast.Call):
                    self.calls.setdefault(last_name(node.func), []).append(node)
        return self.calls.get(name, [])


def _until_unknown(text: str) -> str:
    """The text, cut behind the first part that is not known."""
    known, unknown, _ = text.partition(UNKNOWN)
    return known + unknown


def _is_environ(node: ast.AST) -> bool:
    return last_name(node) == "environ"


def _viewed(display: ast.AST | None, view: str) -> ast.AST | None:
    """What `items`, `keys` or `values` of a written out dictionary is."""
    if not isinstance(display, ast.Dict):
        return None
    pairs = [(key, value) for key, value in zip(display.keys, display.values, strict=True) if key is not None]
    if view == "items":
        return ast.Tuple([ast.Tuple([key, value], ast.Load()) for key, value in pairs], ast.Load())
    return ast.Tuple([key if view == "keys" else value for key, value in pairs], ast.Load())


def _items(display: ast.AST, key: object) -> list[ast.expr]:
    """The items of a written out container: one of them where the key says which."""
    if isinstance(display, ast.Dict):
        pairs = zip(display.keys, display.values, strict=True)
        at = [value for known, value in pairs if isinstance(known, ast.Constant) and known.value == key]
        return at if key is not None and at else list(display.values)
    items: list[ast.expr] = getattr(display, "elts", [])
    if isinstance(key, int) and -len(items) <= key < len(items):
        return [items[key]]
    return items


def _keys(display: ast.AST) -> list[ast.expr]:
    """What a loop over the container gives."""
    return [key for key in display.keys if key is not None] if isinstance(display, ast.Dict) else _items(display, None)
