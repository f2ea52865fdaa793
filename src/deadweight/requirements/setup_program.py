"""What a setup.py hands to setup(), by following its syntax tree; nothing of it is run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deadweight.requirements.setup_values import FileText, Names, Text, Unknown, Value, arguments_of, texts_in, value_of

_DEEP = 6
_LIST = (".txt", ".in")


@dataclass(slots=True)
class _Walk:
    """What is known on the way through the program: its functions, its names, whether a branch is walked."""

    functions: Mapping[str, ast.FunctionDef]
    names: dict[str, Value] = field(default_factory=dict)
    depth: int = 0
    in_branch: bool = False
    returned: list[Value] = field(default_factory=list)


def keywords_of_setup(tree: ast.Module) -> Mapping[str, Value] | None:
    """The values of the arguments of setup(), None where the program has no such call."""
    call, around = _setup_call(tree)
    if call is None:
        return None
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    walk = _Walk(functions)
    _run(walk, tree.body)
    if around:
        _run(walk, around.body)
    found: dict[str, Value] = {}
    for word in call.keywords:
        value = _value(walk, word.value)
        if word.arg:
            found[word.arg] = value
        elif isinstance(value, dict):
            found.update(value)
        else:
            found["**"] = value
    return found


def _setup_call(tree: ast.Module) -> tuple[ast.Call | None, ast.FunctionDef | None]:
    """The call of setup(), and the function that it stands in."""
    for top in tree.body:
        for node in ast.walk(top):
            if isinstance(node, ast.Call) and _called(node) == "setup":
                return node, top if isinstance(top, ast.FunctionDef) else None
    return None, None


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _value(walk: _Walk, node: ast.expr) -> Value:
    return value_of(node, walk.names, lambda call, names: _own_function(walk, call, names))


def _own_function(walk: _Walk, call: ast.Call, names: Names) -> Value | None:
    """What a call of a function of the program returns; failing that, the list of requirements whose name it gets."""
    function = walk.functions.get(_called(call))
    if function is None and _called(call) != "parse_requirements":
        return None
    given = arguments_of(call.args, names, lambda inner, known: _own_function(walk, inner, known))
    found = _returned(walk, function, given) if function and walk.depth < _DEEP else None
    if found is not None and not isinstance(found, Unknown):
        return found
    named = [*texts_in(given), *_constants(function)]
    path = next((one for one in named if one.text.endswith(_LIST) and "req" in one.text.lower()), None)
    return FileText(path.text, call.lineno) if path else None


def _returned(walk: _Walk, function: ast.FunctionDef, given: list[Value]) -> Value | None:
    names = {**walk.names, **_defaults(walk, function)}
    names.update(zip((one.arg for one in function.args.args), given, strict=False))
    if function.args.vararg:
        names[function.args.vararg.arg] = [*given[len(function.args.args) :]]
    inner = _Walk(walk.functions, names, walk.depth + 1)
    _run(inner, function.body)
    return inner.returned[0] if len(inner.returned) == 1 else None


def _defaults(walk: _Walk, function: ast.FunctionDef) -> Names:
    stated = function.args.defaults
    names = [one.arg for one in function.args.args][-len(stated) :] if stated else []
    return {name: _value(walk, node) for name, node in zip(names, stated, strict=True)}


def _constants(function: ast.FunctionDef | None) -> Iterator[Text]:
    for node in ast.walk(function) if function else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Text(node.value, node.lineno)


def _run(walk: _Walk, statements: Iterable[ast.stmt]) -> None:
    for statement in statements:
        _step(walk, statement)


def _step(walk: _Walk, statement: ast.stmt) -> None:
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                _assign(walk, target, _value(walk, value))
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            _assign(walk, target, _value(walk, value))
        case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
            _extend(walk, name, _value(walk, value))
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=inner, attr=name), args=[argument])):
            _change(walk, inner, name, _value(walk, argument))
        case ast.Return(value=ast.expr() as value):
            walk.returned.append(_value(walk, value))
        case _:
            _enter(walk, statement)


def _enter(walk: _Walk, statement: ast.stmt) -> None:
    """Go into the blocks of a statement; what a branch asks for is taken for asked."""
    match statement:
        case ast.With(items=items, body=body):
            for item in items:
                if isinstance(item.optional_vars, ast.Name):
                    walk.names[item.optional_vars.id] = _value(walk, item.context_expr)
            _run(walk, body)
        case ast.If(test=test, body=body, orelse=orelse):
            before, walk.in_branch = walk.in_branch, walk.in_branch or "__main__" not in ast.unparse(test)
            _run(walk, [*body, *orelse])
            walk.in_branch = before
        case ast.Try(body=body, handlers=handlers, orelse=orelse):
            _run(walk, body)
            before, walk.in_branch = walk.in_branch, True
            _run(walk, [*(one for handler in handlers for one in handler.body), *orelse])
            walk.in_branch = before
        case ast.For(body=body, iter=iterated):
            _loop(walk, body, iterated)


def _loop(walk: _Walk, body: Iterable[ast.stmt], iterated: ast.expr) -> None:
    """What a loop gathers: the lines of a file where it goes over one, otherwise nobody knows."""
    over = _value(walk, iterated)
    each = over if isinstance(over, FileText) else Unknown(f"for … in {ast.unparse(iterated)}", iterated.lineno)
    for name in sorted(_changed(body)):
        walk.names[name] = [walk.names.get(name, []), each]


def _changed(body: Iterable[ast.stmt]) -> set[str]:
    """The names that a loop changes, whatever they then are."""
    found: set[str] = set()
    for node in (node for statement in body for node in ast.walk(statement)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "extend" | "update" | "insert")):
                found.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
                found.add(name)
    return found


def _assign(walk: _Walk, target: ast.expr, value: Value) -> None:
    match target:
        case ast.Name(id=name):
            before = walk.names.get(name) if walk.in_branch else None
            walk.names[name] = [*before, *value] if isinstance(before, list) and isinstance(value, list) else value
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key))):
            whole = walk.names.get(name)
            walk.names[name] = {**whole, key: value} if isinstance(whole, dict) else {key: value}
        case ast.Subscript(value=ast.Name(id=name)):
            walk.names[name] = Unknown(ast.unparse(target), target.lineno)


def _extend(walk: _Walk, name: str, value: Value) -> None:
    before = walk.names.get(name, [])
    if isinstance(before, Text) and isinstance(value, Text):
        walk.names[name] = Text(before.text + value.text, before.line)
    else:
        walk.names[name] = [*_listed(before), *_listed(value)]


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _change(walk: _Walk, inner: ast.expr, method: str, value: Value) -> None:
    """What append, extend and update make of a name, or of an item of a table."""
    match inner:
        case ast.Name(id=name) if method in ("append", "extend"):
            _extend(walk, name, [value])
        case ast.Name(id=name) if method == "update":
            before = walk.names.get(name)
            both = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else None
            walk.names[name] = Unknown(f"{name}.update(…)", inner.lineno) if both is None else both
        case ast.Subscript() if method in ("append", "extend"):
            _assign(walk, inner, [*_listed(_value(walk, inner)), value])
