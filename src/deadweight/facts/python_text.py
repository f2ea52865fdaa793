"""What a Python source says, read as text: its import statements, its strings, and whether it imports by name.

A full parse costs ten times as much and fails on newer syntax; strings and comments are told apart from code, which is
all that finding statements takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    rb'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    rb"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    rb'|"((?:[^"\\\n]|\\.)*)"'
    rb"|'((?:[^'\\\n]|\\.)*)'"
    rb"|#[^\n]*"
    rb"|\n([ \t]*)(?:el)?if\b([^\n]*\bTYPE_CHECKING\b[^\n]*:[^\n]*)"
    rb"|([\n;:][ \t\f]*)(?:lazy[ \t]+)?(?:from[ \t]*(\.[. \t]*)?[ \t]*([\w.]*)[ \t]*)?\bimport\b[ \t]*"
    rb"(\((?:[^)#]|#[^\n]*)*\)|(?:[^\n;#\\]|\\\r?\n)*)",
    re.DOTALL,
)
_COMMENT = re.compile(rb"#[^\n]*")
_DOTTED = re.compile(rb"[\w.]+")
_DYNAMIC = re.compile(
    rb"import_module|__import__|find_spec|run_module|resolve_name|import_string|import_object|load_object|lazy|Lazy"
    rb"|\ndef __getattr__|symbol_by_name|exec_module|load_module|iter_modules|walk_packages|_import_structure|__all__"
)
_NAME = re.compile(rb"\.{0,3}[^\W\d]\w*(?:\.[^\W\d]\w*)*(?::[^\W\d]\w*(?:\.\w+)*)?")
_ASKING = re.compile(rb"(?i:import|load|lazy|require|backend|plugin|engine|module)\w*\(\s*(?:\w+=)?[rbuf]?$")
_RUN = re.compile(rb"""["']-m["']\s*,\s*["']([\w.]+)["']""")
_OPENING = b"(=rbuf \n\t"


@dataclass(frozen=True, slots=True)
class Statement:
    """One import statement: `module` with `dots` before it, and the names taken from it; `*` is one.

    `import a.b, c` is two statements without names. `guarded` is whether it is indented: in a function or a condition.
    """

    line: int
    module: str
    names: tuple[str, ...] = ()
    dots: int = 0
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class PythonText:
    """What a source says: its statements outside of TYPE_CHECKING, its strings that could be names of modules.

    `dotted` are strings with a dot or a colon, `words` all the others that are identifiers, empty where nothing is
    imported by name. `asked` are names handed to what by its own name imports or loads, `run` those behind `-m`.
    """

    statements: tuple[Statement, ...]
    dotted: frozenset[str]
    words: frozenset[str]
    asked: frozenset[str]
    run: frozenset[str]
    dynamic: bool


def read(body: bytes) -> PythonText:
    """What the source says."""
    body = b"\n" + body.replace(b"\r\n", b"\n")
    dynamic = _DYNAMIC.search(body) is not None
    statements: list[Statement] = []
    texts: set[bytes] = set()
    asked: set[bytes] = set()
    typing = 0
    for match in _TOKEN.finditer(body):
        kind = match.lastindex
        if kind is None:
            continue
        if kind <= 2:
            text = match[kind]
            if _NAME.fullmatch(text):
                texts.add(text)
                if body[match.start() - 1] in _OPENING and _ASKING.search(
                    body, max(0, match.start() - 60), match.start()
                ):
                    asked.add(text)
        elif kind == 4:
            typing = max(typing, _end_of_typing(body, match))
        elif match.start() >= typing:
            statements.extend(_statements(body, match))
    names = {text.decode() for text in texts}
    dotted = frozenset(name for name in names if "." in name or ":" in name)
    return PythonText(
        tuple(statements),
        dotted,
        frozenset(names - dotted) if dynamic else frozenset(),
        frozenset(name.decode() for name in asked),
        frozenset(found.decode() for found in _RUN.findall(body)),
        dynamic,
    )


def _is_asked(body: bytes, start: int) -> bool:
    """Whether the string that starts there is handed to what by its own name imports or loads."""
    return body[start - 1] in _OPENING and _ASKING.search(body, max(0, start - 60), start) is not None


def _end_of_typing(body: bytes, block: re.Match[bytes]) -> int:
    """Where the block ends that only type checkers read; at once for a condition that says more than that."""
    condition = block[4].partition(b":")[0]
    if b"not " in condition or b" or " in condition:
        return block.end()
    indent = len(block[3])
    dedent = re.compile(rb"\n(?=[ \t]{0,%d}[^ \t\n#])" % indent).search(body, block.end())
    return dedent.start() if dedent else len(body)


def _statements(body: bytes, match: re.Match[bytes]) -> Iterator[Statement]:
    lead, dots, module, members = match[5], match[6], match[7], match[8]
    line = body.count(b"\n", 0, match.start() + 1)
    guarded = lead[:1] == b":" or lead not in (b"\n", b";", b"; ")
    parts = _COMMENT.sub(b"", members).strip(b"()").replace(b"\\\n", b" ").split(b",")
    names = tuple(name for part in parts if (name := _first(part)))
    if module is None:
        yield from (Statement(line, name, guarded=guarded) for name in names if name != "*")
    else:
        yield Statement(line, module.decode("utf-8", "replace"), names, (dots or b"").count(b"."), guarded)


def _first(part: bytes) -> str:
    part = part.strip()
    if part.startswith(b"*"):
        return "*"
    found = _DOTTED.match(part)
    return found[0].decode("utf-8", "replace") if found else ""
