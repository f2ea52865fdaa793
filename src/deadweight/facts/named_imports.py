"""The calls of a Python source that import, ask for or replace a module by its name, and which it can be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.facts.bindings import argument, last_name
from deadweight.facts.constant_texts import UNKNOWN, ConstantTexts, Texts
from deadweight.facts.python_imports import Spot, in_context
from deadweight.facts.statements import Context, expressions, statements

_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_WORDS = re.compile(
    r"(?:__import__|import(?:_\w+|orskip)|\w(?:import|Import)\w*|[Ll]azy\w*|resolve_name|find_(?:spec|loader)|run_module"
    r"|patch|setattr|delattr|load\w*|available\w*|installed\w*|package\w*|module\w*)\s*\("
)


@dataclass(frozen=True, slots=True)
class Caller:
    """What a function does with the name at `position`, or given as `keyword`."""

    says: str
    strength: Strength
    position: int = 0
    keyword: str = "name"


_IMPORTS = Caller("is imported by name", Strength.NEEDED)
_CALLERS = {
    "import_module": _IMPORTS,
    "__import__": _IMPORTS,
    "run_module": Caller("is run by name", Strength.NEEDED, keyword="mod_name"),
    "resolve_name": Caller("is looked up by name", Strength.NEEDED),
    "find_spec": Caller("is asked for by name", Strength.OPTIONAL),
    "find_loader": Caller("is asked for by name", Strength.OPTIONAL),
    "importorskip": Caller(
        "is asked for by tests, which are left out without it", Strength.OPTIONAL, keyword="modname"
    ),
    "LazyLoader": Caller("is imported late", Strength.NEEDED, 2),
    "patch": Caller("is replaced in tests", Strength.OPTIONAL, keyword="target"),
    "setattr": Caller("is replaced in tests", Strength.OPTIONAL, keyword="target"),
    "delattr": Caller("is replaced in tests", Strength.OPTIONAL, keyword="target"),
}
_REPLACING = frozenset({"patch", "setattr", "delattr"})
_LAZY = re.compile(
    r"_*(?:lazy|late|delayed|deferred)_*(?:import|load|module|object|proxy)\w*|lazyimport\w*|lazymodule\w*",
    re.IGNORECASE,
)
_OPTIONAL = re.compile(
    r"_*(?:optional|try|safe|soft|maybe|attempt|guarded|conditional)_*(?:import|load)\w*|import_optional\w*|import_or_\w+"
    r"|_*import_(?:string|class|object|from_string|dotted\w*|attribute)|_*(?:load|import)_(?:dotted\w*|module)"
    r"|(?:is_|_is_|has_|check_|require_|requires_)\w*(?:installed|available|module|package|import)\w*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NamedImport:
    """One module that a call imports by its name; `module` is empty where only a run can tell.

    `begins` is what the name is known to begin with then, such as `plugins.`.
    """

    module: str
    begins: str
    line: int
    says: str
    role: Role
    strength: Strength


def named_imports(tree: ast.Module, spot: Spot, settings: Mapping[str, Texts]) -> Iterator[NamedImport]:
    """Every one, in the order of the source; `settings` are values of environment variables."""
    calls: dict[str, list[ast.Call]] = {}
    for statement, context in statements(tree):
        for node in expressions(statement):
            if isinstance(node, ast.Call) and (caller := _caller(node)):
                texts = ConstantTexts(context.scopes, settings, calls)
                yield from _imported(node, caller, context, texts, spot)


def could_name(text: str) -> bool:
    """Whether the source has a word without which nothing is imported by name."""
    return _WORDS.search(text) is not None


def _caller(call: ast.Call) -> Caller | None:
    name = last_name(call.func)
    if name == "load" and isinstance(call.func, ast.Attribute) and last_name(call.func.value).startswith("lazy"):
        return Caller("is imported late", Strength.NEEDED, keyword="fullname")
    if name in _REPLACING and not isinstance(call.func, ast.Attribute) and name != "patch":
        return None
    if name in _CALLERS:
        return _CALLERS[name]
    if _LAZY.fullmatch(name):
        return Caller("is imported late", Strength.OPTIONAL)
    return Caller("is imported where it is there", Strength.OPTIONAL) if _OPTIONAL.fullmatch(name) else None


def _imported(
    call: ast.Call, caller: Caller, context: Context, texts: ConstantTexts, spot: Spot
) -> Iterator[NamedImport]:
    given = argument(call, caller.position, caller.keyword)
    if given is None:
        return
    role, strength = in_context(spot.role, context)
    strength = strength if caller.strength is Strength.NEEDED else caller.strength
    for text in sorted(texts.of(given)):
        module = text.replace(":", ".").rstrip(".")
        if UNKNOWN in text:
            if caller is _IMPORTS:
                yield NamedImport("", text.partition(UNKNOWN)[0], call.lineno, caller.says, role, strength)
        elif _MODULE.fullmatch(module):
            yield NamedImport(module, "", call.lineno, caller.says, role, strength)
