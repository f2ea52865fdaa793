"""The line of every key and every string in a TOML text that tomllib has read without complaint."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^'\n]*\')'''
    r"|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<mark>[\[\]{}=,])|(?P<bare>[^\s\[\]{}=,#\"']+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a key (`text` None) or a string in its value stands: the dotted key as a tuple, a line from 1."""

    keys: tuple[str, ...]
    line: int
    text: str | None = None


@dataclass(slots=True)
class _Walk:
    """Where the walk through the text is: `base` the table, `key` what is being spelled or was, `open` the brackets."""

    base: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    is_value: bool = False
    open: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)


def spots(text: str) -> Iterator[Spot]:
    """Every key and string with its line, in the order of the text; an escaped string as it reads."""
    walk, line = _Walk(), 1
    for token in _TOKEN.finditer(text):
        kind, said = token.lastgroup, token[0]
        if kind in ("string", "bare"):
            yield from _word(walk, said, line, is_string=kind == "string")
        elif kind == "mark":
            yield from _mark(walk, said, line)
        elif kind == "newline" and not walk.open:
            walk.key, walk.is_value = (), False
        line += said.count("\n")


def _word(walk: _Walk, said: str, line: int, *, is_string: bool) -> Iterator[Spot]:
    if not walk.is_value:
        walk.key += (_unquoted(said),) if is_string else tuple(filter(None, said.split(".")))
    elif is_string:
        yield Spot(walk.base + walk.key, line, _unquoted(said))


def _mark(walk: _Walk, said: str, line: int) -> Iterator[Spot]:
    if said == "=":
        walk.is_value = True
        yield Spot(walk.base + walk.key, line)
    elif said in "[{":
        _opened(walk, said)
    elif said in "]}":
        yield from _closed(walk, line)
    elif walk.open and walk.open[-1][0] == "{":
        walk.key, walk.is_value = (), False


def _opened(walk: _Walk, said: str) -> None:
    """A list or an inline table begins, or the head of a table, where no value is being spelled."""
    if walk.is_value:
        walk.open.append((said, walk.base, walk.key))
        if said == "{":
            walk.base, walk.key, walk.is_value = walk.base + walk.key, (), False
    else:
        walk.open.append(("head", (), ()))
        walk.base = ()


def _closed(walk: _Walk, line: int) -> Iterator[Spot]:
    kind, base, key = walk.open.pop()
    if kind != "head":
        walk.base, walk.key, walk.is_value = base, key, True
    elif not walk.open:
        walk.base, walk.key = walk.key, ()
        yield Spot(walk.base, line)


def _unquoted(said: str) -> str:
    return str(tomllib.loads(f"x = {said}")["x"]) if "\\" in said or said[:3] in ('"""', "'''") else said[1:-1]
