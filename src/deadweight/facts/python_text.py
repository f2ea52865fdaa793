"""What a Python source says, read as text: its import statements, its strings, and whether it imports by name.

A full parse costs ten times as much and fails on newer syntax; strings and comments are told apart from code, which is
all that finding statements takes. The same names stand in thousands of sources, so each is kept once.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from sys import intern
from typing import Any, NamedTuple

from deadweight.facts.python_tokens import (
    CONDITION,
    IMPORT,
    INDENT,
    SKIPPING,
    STATEMENT,
    STRINGS,
    TOKEN,
    TOKEN_WITH_SKIPPED,
    TOKEN_WITH_TEXTS,
)

_COMMENT = re.compile(rb"#[^\n]*")
_TAKEN = re.compile(rb"(?:^|,)\s*+(\*|[\w.]+)")
_LISTED = (b"__all__", b"find_spec", b"load_object", b"\ndef __getattr__")
_LISTED_IN_PARTS = {
    b"import_": (b"import_string", b"import_object", b"_import_structure"),
    b"azy": (b"lazy", b"Lazy"),
    b"_name": (b"symbol_by_name",),
    b"_module": (b"exec_module", b"load_module"),
}
_DYNAMIC = {
    b"import_": (b"import_module", b"__import__"),
    b"_module": (b"run_module", b"iter_modules"),
    b"_name": (b"resolve_name",),
    b"packages": (b"walk_packages",),
}
"""Words by a part of each: most sources hold none of these parts, and each search reads all of the source."""
_REPLACED = (b"sys.modules[__name__] =", b"define_import_structure(")
_PLUGGED = (b"entry_point", b"entrypoint", b"stevedore")
_ASKING = re.compile(rb"import|load|lazy|require|backend|plugin|engine|module", re.IGNORECASE)
LONGEST = 100
_KEYWORD = re.compile(rb"\s*(?:\w+=)?[rbuf]?\s*")
_RUN = re.compile(rb"""["']-m["']\s*,\s*["']([\w.]+)["']""")
_PARTS = frozenset((*_DYNAMIC, *_LISTED_IN_PARTS))
_RUNNING = (b"-m'", b'-m"')


class Statement(NamedTuple):
    """One import statement: `module` with `dots` before it, and the names taken from it; `*` is one.

    `import a.b, c` is two statements without names. `guarded` is whether it is indented: in a function or a condition.
    """

    line: int
    module: str
    names: tuple[str, ...] = ()
    dots: int = 0
    guarded: bool = False

    def base(self, package: str) -> str:
        """The absolute name of what is imported in a module of the package, empty past the top."""
        if not self.dots:
            return self.module
        above = package.split(".")
        if not package or self.dots > len(above):
            return ""
        return ".".join([*above[: len(above) - self.dots + 1], *([self.module] if self.module else [])])


@dataclass(frozen=True, slots=True)
class PythonText:
    """What a source says: its statements, its strings that could be names of modules.

    Of the statements those that run: neither under TYPE_CHECKING nor on Windows or macOS alone.
    `dotted` are strings with a dot or a colon, `words` all the others that are identifiers, empty where nothing is
    imported by name. `asked` are names handed to what by its own name imports or loads, `run` those behind `-m`.
    `listed` is whether it says which names it has, or imports some of them late; `dynamic` whether it imports by name;
    `plugged` whether it asks for entry points; then `texts` are all its short strings. `configured`
    is whether it lists the packages that a framework is to load, `replaced` whether it puts another object in its own
    place, as lazy packages do.
    """

    statements: tuple[Statement, ...]
    dotted: frozenset[str]
    words: frozenset[str]
    asked: frozenset[str]
    run: frozenset[str]
    listed: bool
    dynamic: bool
    plugged: bool
    texts: frozenset[str] = frozenset()
    configured: bool = False
    replaced: bool = False

    def record(self) -> bytes:
        """All of it for a process of this interpreter, where names that are kept once are so again."""
        said: tuple[Any, ...] = tuple(getattr(self, one.name) for one in fields(self)[1:])
        return marshal.dumps((tuple(map(tuple, self.statements)), *said))


def from_record(record: bytes) -> PythonText:
    """The text of such a record."""
    statements, *others = marshal.loads(record)
    return PythonText(tuple(map(Statement._make, statements)), *others)


def read(body: bytes) -> PythonText:
    """What the source says."""
    body = b"\n" + body.replace(b"\r\n", b"\n")
    parts = frozenset(part for part in _PARTS if part in body)
    dynamic, plugged, configured = _has_any(body, parts, _DYNAMIC), _has(body, _PLUGGED), b"INSTALLED_APPS" in body
    listed = configured or dynamic or plugged or _has(body, _LISTED) or _has_any(body, parts, _LISTED_IN_PARTS)
    found = _found(body)
    names = {intern(text.decode()) for text in found.names}
    dotted = frozenset(name for name in names if "." in name or ":" in name)
    return PythonText(
        tuple(found.statements),
        dotted,
        frozenset(names - dotted) if listed else frozenset(),
        frozenset(name.decode() for name in found.asked),
        frozenset(name.decode() for name in _RUN.findall(body)) if _has(body, _RUNNING) else frozenset(),
        listed,
        dynamic,
        plugged,
        _short(body) if plugged else frozenset(),
        configured,
        _has(body, _REPLACED),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What one pass over a source finds: statements, strings that could be names, and those of them asked for."""

    statements: list[Statement] = field(default_factory=list)
    names: set[bytes] = field(default_factory=set)
    asked: set[bytes] = field(default_factory=set)


def _found(body: bytes) -> _Found:
    found = _Found()
    typing = before = line = 0
    token = TOKEN_WITH_SKIPPED if _has(body, SKIPPING) else TOKEN
    for match in token.finditer(body):
        kind = match.lastindex
        if kind is None:
            continue
        if kind <= STRINGS:
            text = match[kind]
            found.names.add(text)
            if _is_asked(body, match.start()):
                found.asked.add(text)
        elif kind > IMPORT:
            typing = max(typing, _end_of_typing(body, match))
        elif (start := match.start()) >= typing:
            line += body.count(b"\n", before, start + 1)
            before = start + 1
            found.statements.extend(_statements(body, start, line))
    return found


def _short(body: bytes) -> frozenset[str]:
    """The strings of the source that are not long, those over several lines left out."""
    matches = (match for match in TOKEN_WITH_TEXTS.finditer(body) if match.lastindex in (1, STRINGS))
    texts = {match[match.lastindex or 0] for match in matches}
    return frozenset(text.decode("utf-8", "replace") for text in texts if len(text) <= LONGEST)


def _has(body: bytes, words: tuple[bytes, ...]) -> bool:
    return any(word in body for word in words)


def _has_any(body: bytes, parts: frozenset[bytes], words: Mapping[bytes, tuple[bytes, ...]]) -> bool:
    return any(part in parts and _has(body, several) for part, several in words.items())


def _is_asked(body: bytes, start: int) -> bool:
    """Whether the string that starts there is handed to what by its own name imports or loads."""
    opened = body.rfind(b"(", max(0, start - 40), start)
    if opened < 0 or not (opened + 1 == start or _KEYWORD.fullmatch(body, opened + 1, start)):
        return False
    words = body[max(0, opened - 40) : opened].rsplit(maxsplit=1)
    return bool(words) and _ASKING.search(words[-1]) is not None


def _end_of_typing(body: bytes, block: re.Match[bytes]) -> int:
    """Where the block ends that only type checkers or other systems read; at once where its condition says more."""
    condition = block[CONDITION].partition(b":")[0]
    if b"not " in condition or b" or " in condition:
        return block.end()
    indent = len(block[INDENT])
    dedent = re.compile(rb"\n(?=[ \t]{0,%d}[^ \t\n#])" % indent).search(body, block.end())
    return dedent.start() if dedent else len(body)


def _statements(body: bytes, start: int, line: int) -> Iterator[Statement]:
    """Those of the import that begins there, with what ends the line before it."""
    match = STATEMENT.match(body, start)
    assert match is not None, "the token of an import is one"
    lead, dots, module, members = match.groups()
    guarded = lead[:1] == b":" or lead not in (b"\n", b";", b"; ")
    plain = _COMMENT.sub(b"", members) if b"#" in members else members
    taken = _TAKEN.findall(plain.strip(b"()").replace(b"\\\n", b" "))
    names = tuple(intern(name.decode("ascii")) for name in taken)
    if module is None:
        yield from (Statement(line, name, guarded=guarded) for name in names if name != "*")
    else:
        yield Statement(line, intern(module.decode("utf-8", "replace")), names, (dots or b"").count(b"."), guarded)
