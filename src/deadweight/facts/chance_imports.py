"""Which distributions watched runs loaded only because they are there.

`if is_scipy_available(): from scipy.optimize import …` at the top of a module loads 60 MB in every program, whatever it
does. What is imported without condition is needed; what a function imports was called.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deadweight.core.scene import Fact, Scene
from deadweight.facts.bodies import BODIES
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.python_texts import PYTHON_TEXTS
from deadweight.facts.run_files import RUN_FILES, source_of
from deadweight.facts.tree_parts import tree_of


@dataclass(frozen=True, slots=True)
class ChanceImports:
    """By dist-info: `hard` what sources that ran import without condition, `chance` what they take if there."""

    hard: Mapping[str, frozenset[str]] = field(default_factory=dict)
    chance: Mapping[str, frozenset[str]] = field(default_factory=dict)


def _chance_imports(scene: Scene) -> ChanceImports:
    holders = scene.ask(HOLDERS)
    hard: dict[str, set[str]] = {}
    chance: dict[str, set[str]] = {}
    for path in _loaded(scene):
        info = holders.get(path, "")
        at_once, guarded = _imported(scene, path, guarded=False), _imported(scene, path, guarded=True)
        hard.setdefault(info, set()).update(at_once)
        if not guarded <= {info}:
            names = _conditional(scene.ask(BODIES).read(path) or b"")
            chance.setdefault(info, set()).update(_distributions(scene, names) & guarded - {info})
    return ChanceImports(_settled(hard), _settled(chance))


def _loaded(scene: Scene) -> Iterator[str]:
    """The sources that were imported: of those that were only read as text the bytecode stayed closed."""
    ran = scene.ask(RUN_FILES)
    compiled = {source_of(path) for path in ran if path.endswith(".pyc")}
    compilable = {source_of(entry.path) for entry in scene.listing.entries if entry.path.endswith(".pyc")}
    return (path for path in ran if path.endswith(".py") and (path in compiled or path not in compilable))


def _settled(found: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return {info: frozenset(others) for info, others in found.items()}


def _imported(scene: Scene, path: str, *, guarded: bool) -> set[str]:
    text = scene.ask(PYTHON_TEXTS).of(path)
    statements = text.statements if text else ()
    return _distributions(scene, {one.module for one in statements if one.guarded is guarded and not one.dots})


def _distributions(scene: Scene, names: Iterable[str]) -> set[str]:
    places, holders = scene.ask(MODULE_PATH), scene.ask(HOLDERS)
    paths = (place for name in names for place in places.resolve(name.partition(".")[0]).paths)
    return {holders[path] for path in paths if path in holders}


def _conditional(body: bytes) -> set[str]:
    """What is imported under `if` or `try` at the top of the source; nothing where its syntax is newer."""
    tree = tree_of(body)
    return {name for statement in (tree.body if tree else ()) for name in _names(statement)}


def _names(statement: ast.stmt) -> Iterator[str]:
    """What a statement at the top imports under a condition: of a `try` only where it says what is done without."""
    if isinstance(statement, ast.If) or (isinstance(statement, ast.Try) and statement.handlers):
        for inner in (*statement.body, *statement.orelse):
            yield from _names(inner)
            if isinstance(inner, ast.Import):
                yield from (one.name for one in inner.names)
            elif isinstance(inner, ast.ImportFrom) and not inner.level and inner.module:
                yield inner.module


CHANCE_IMPORTS: Fact[ChanceImports] = Fact("chance imports", _chance_imports)
"""What the sources that watched runs loaded import of other distributions; the application's are under no name."""
