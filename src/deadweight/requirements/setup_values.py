"""What an expression of a setup.py comes to, worked out from its syntax tree; nothing of it is run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """A known text and the line that it stands in."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class FileText:
    """The lines of the file at a path, whatever is stripped from each."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is known only by running it: its source."""

    source: str
    line: int


Value: TypeAlias = "Text | FileText | Unknown | list[Value] | dict[str, Value]"
Names: TypeAlias = Mapping[str, Value]
Evaluate: TypeAlias = Callable[[ast.expr, Names], Value]
Called: TypeAlias = Callable[[ast.Call, Names], "Value | None"]

Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp

_LISTS = frozenset({"list", "tuple", "set", "sorted", "frozenset"})
_FILES = frozenset({"open", "Path"})
_SAME = frozenset({"read", "readlines", "read_text", "splitlines", "strip", "rstrip", "decode", "open"})


def value_of(node: ast.expr, names: Names, called: Called) -> Value:
    """The value of the expression; `called` works out calls of the module's own functions, None for all others."""
    kinds: Mapping[type[ast.expr], Callable[[ast.expr, Names, Called], Value | None]] = {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.List: _elements,
        ast.Tuple: _elements,
        ast.Set: _elements,
        ast.Dict: _table,
        ast.BinOp: _joined,
        ast.JoinedStr: _formatted,
        ast.Subscript: _item,
        ast.ListComp: _each,
        ast.SetComp: _each,
        ast.GeneratorExp: _each,
        ast.DictComp: _each_pair,
        ast.Call: _call,
    }
    work = kinds.get(type(node))
    found = work(node, names, called) if work else None
    return found if found is not None else Unknown(ast.unparse(node), node.lineno)


def texts_in(value: Value) -> Iterator[Text]:
    """All known texts in a value."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)


def _constant(node: ast.expr, names: Names, called: Called) -> Value | None:
    assert isinstance(node, ast.Constant)
    if node.value is None:
        return []
    return Text(node.value, node.lineno) if isinstance(node.value, str) else None


def _name(node: ast.expr, names: Names, called: Called) -> Value | None:
    assert isinstance(node, ast.Name)
    return names.get(node.id)


def _elements(node: ast.expr, names: Names, called: Called) -> Value:
    assert isinstance(node, ast.List | ast.Tuple | ast.Set)
    return arguments_of(node.elts, names, called)


def arguments_of(nodes: Iterable[ast.expr], names: Names, called: Called) -> list[Value]:
    """The values of several expressions, those of starred ones laid out."""
    found: list[Value] = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            inner = value_of(node.value, names, called)
            found.extend(inner if isinstance(inner, list) else [inner])
        else:
            found.append(value_of(node, names, called))
    return found


def _table(node: ast.expr, names: Names, called: Called) -> Value | None:
    assert isinstance(node, ast.Dict)
    found: dict[str, Value] = {}
    for key, element in zip(node.keys, node.values, strict=True):
        value = value_of(element, names, called)
        name = value_of(key, names, called) if key else None
        if isinstance(name, Text):
            found[name.text] = value
        elif key is None and isinstance(value, dict):
            found.update(value)
        else:
            return None
    return found


def _joined(node: ast.expr, names: Names, called: Called) -> Value | None:
    assert isinstance(node, ast.BinOp)
    left, right = value_of(node.left, names, called), value_of(node.right, names, called)
    if isinstance(node.op, ast.Div):
        return _path([left, right], node.lineno)
    if isinstance(node.op, ast.Mod):
        return _percent(left, right)
    return _sum(left, right) if isinstance(node.op, ast.Add | ast.BitOr) else None


def _sum(left: Value, right: Value) -> Value | None:
    if isinstance(left, Text) and isinstance(right, Text):
        return Text(left.text + right.text, left.line)
    if isinstance(left, dict) and isinstance(right, dict):
        return left | right
    if isinstance(left, list) or isinstance(right, list):
        return [*_listed(left), *_listed(right)]
    return None


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _percent(left: Value, right: Value) -> Value | None:
    parts = _listed(right)
    if not isinstance(left, Text) or not all(isinstance(part, Text) for part in parts):
        return None
    try:
        return Text(left.text % tuple(part.text for part in parts if isinstance(part, Text)), left.line)
    except (TypeError, ValueError):
        return None


def _formatted(node: ast.expr, names: Names, called: Called) -> Value | None:
    assert isinstance(node, ast.JoinedStr)
    inner = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
    parts = [value_of(part, names, called) for part in inner]
    return (
        Text("".join(part.text for part in parts if isinstance(part, Text)), node.lineno)
        if all(isinstance(part, Text) for part in parts)
        else None
    )


def _item(node: ast.expr, names: Names, called: Called) -> Value | None:
    assert isinstance(node, ast.Subscript)
    whole, key = value_of(node.value, names, called), value_of(node.slice, names, called)
    return whole.get(key.text) if isinstance(whole, dict) and isinstance(key, Text) else None


def _each(node: ast.expr, names: Names, called: Called) -> Value | None:
    """The lines of a file whatever is done to each; of a list what is made of each."""
    assert isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp)
    whole = value_of(node.generators[0].iter, names, called)
    if isinstance(whole, FileText):
        return whole
    return [value_of(node.elt, inner, called) for inner in bound] if (bound := _bound(node, whole, names)) else None


def _each_pair(node: ast.expr, names: Names, called: Called) -> Value | None:
    assert isinstance(node, ast.DictComp)
    whole = value_of(node.generators[0].iter, names, called)
    found: dict[str, Value] = {}
    for inner in _bound(node, whole, names):
        key = value_of(node.key, inner, called)
        if isinstance(key, Text):
            found[key.text] = value_of(node.value, inner, called)
    return found or None


def _bound(
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, whole: Value, names: Names
) -> list[Names]:
    """The names for each turn of a comprehension over a known list without conditions; none for all others."""
    first = node.generators[0]
    if not isinstance(whole, list) or len(node.generators) > 1 or first.ifs or not isinstance(first.target, ast.Name):
        return []
    return [{**names, first.target.id: one} for one in whole]


def _call(node: ast.expr, names: Names, called: Called) -> Value | None:
    assert isinstance(node, ast.Call)
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    own = called(node, names)
    if own is not None:
        return own
    if isinstance(node.func, ast.Attribute) and name not in ("join", "Path", "dirname", "abspath"):
        return _method(node, names, called)
    values = arguments_of(node.args, names, called)
    return _function(name, values, node, names, called)


def _function(name: str, values: list[Value], node: ast.Call, names: Names, called: Called) -> Value | None:
    if name == "dict" and not values:
        return {word.arg: value_of(word.value, names, called) for word in node.keywords if word.arg}
    if name in _LISTS and len(values) <= 1:
        return values[0] if values else []
    if name == "str" and len(values) == 1:
        return values[0]
    if name in ("join", *_FILES):
        path = _path(values, node.lineno)
        return FileText(path.text, node.lineno) if path and name == "open" else path
    return None


def _method(node: ast.Call, names: Names, called: Called) -> Value | None:
    """A method of what is known: reading a file, splitting a text, the values of a table."""
    assert isinstance(node.func, ast.Attribute)
    whole, name = value_of(node.func.value, names, called), node.func.attr
    if isinstance(node.func.value, ast.Name) and node.func.value.id in ("io", "codecs") and name == "open":
        path = _path([value_of(node.args[0], names, called)], node.lineno) if node.args else None
        return FileText(path.text, node.lineno) if path else None
    if isinstance(whole, FileText):
        return whole if name in {*_SAME, "split"} else None
    if isinstance(whole, Text):
        return _of_text(whole, name, node)
    return _of_table(whole, name, node) if isinstance(whole, dict) else None


def _of_text(whole: Text, name: str, node: ast.Call) -> Value | None:
    if name in ("read_text", "open"):
        return FileText(whole.text, node.lineno)
    if name == "splitlines" or (name == "split" and (not node.args or ast.unparse(node.args[0]) == repr("\n"))):
        parts = whole.text.splitlines() if name == "splitlines" or node.args else whole.text.split()
        return [Text(part, whole.line) for part in parts if part.strip()]
    return Text(whole.text.strip(), whole.line) if name == "strip" and not node.args else None


def _of_table(whole: dict[str, Value], name: str, node: ast.Call) -> Value | None:
    key = node.args[0] if node.args else None
    if name == "get" and isinstance(key, ast.Constant):
        return whole.get(str(key.value))
    return list(whole.values()) if name == "values" else None


def _path(parts: Iterable[Value], line: int) -> Text | None:
    """A path of its known parts: what stands before them and is not known is taken for the project's folder."""
    known = [part.text for part in parts if isinstance(part, Text) and part.text not in (".", "")]
    return Text("/".join(known), line) if known else None
