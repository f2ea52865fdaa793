"""What a Python source names of the system: libraries that it may load, programs that it may run, absolute paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STRING = re.compile(rb"""(?<![\w"'])[rbuf]{0,2}("(?:[^"\\\n]|\\.){1,400}"|'(?:[^'\\\n]|\\.){1,400}')""", re.IGNORECASE)
_LIBRARY = re.compile(rb"""["']([\w+./@*\[\]$-]+\.so(?:\.[\w.*\[\]-]+)?)["']""")
_PATH = re.compile(rb"""["'](/[\w+./@%-]{1,400})["']""")
_RUNS = (
    b"subprocess",
    b"popen",
    b"Popen",
    b"os.system",
    b"os.exec",
    b"os.spawn",
    b"posix_spawn",
    b"which(",
    b"pexpect",
)
_ENDINGS = (b".so'", b'.so"', b".so.")
_ABSOLUTE = (b"'/", b'"/')
_HANDED = re.compile(rb"""[(=]\s*[(\[]?\s*[rbuf]?["']([^"'\n]{1,200})["']""")
_NO_WORD = re.compile(rb"\W+")
_RUNNER = re.compile(
    rb"run|call|\w*check_call|\w*check_output|\w*[Pp]open|system|\w*getoutput|\w*getstatusoutput|exec[lv]p?e?"
    rb"|\w*spawn\w*|\w*create_subprocess_\w+|which|\w*find_executable|\w*_cmd|command|cmd|args|executable"
)
_LONGEST_RUNNER = 100
_FINDS = b"find_library"
_WORD = re.compile(r"[A-Za-z0-9_][\w.+-]*")
_SAID = re.compile(
    rb'(?P<begin>^[ \t]*)?[rRuU]?(?:"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    rb"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*''')(?P<end>[ \t]*(?=$|#))?"
    rb'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    rb"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
    rb"|(?P<comment>#[^\n]*)",
    re.DOTALL | re.MULTILINE,
)
_NONE: frozenset[str] = frozenset()
_FIRST = re.compile(r"(?:^|[|;&(]|\bexec)\s*([A-Za-z0-9_/][\w.+/-]*)")


@dataclass(frozen=True, slots=True)
class SourceNames:
    """Names that stand in the strings of one source.

    `libraries` are names and patterns of libraries (`libfoo.so.1`, `libfoo.so*`), `looked_up` the words that can be
    names for `find_library` where it asks it, `run` the first words of what is run or looked for as a program, `words`
    every word and first word of a string of a source that runs programs, `paths` absolute paths.
    """

    libraries: frozenset[str] = frozenset()
    looked_up: frozenset[str] = frozenset()
    run: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()


def names_of(body: bytes, *, words: bool = True) -> SourceNames:
    """What the source names of the system; strings over 400 bytes and over several lines are not looked at.

    Its `words` are looked for only where they are asked for.
    """
    runs, finds = _has(body, _RUNS), _FINDS in body
    found = _STRING.findall(body) if finds or (runs and words) else []
    texts = {text[1:-1].decode("utf-8", "replace") for text in found}
    return SourceNames(
        frozenset(_texts(_LIBRARY, body)) if _has(body, _ENDINGS) else _NONE,
        frozenset(text for text in texts if _WORD.fullmatch(text)) if finds else _NONE,
        frozenset(_run(body)) if runs else _NONE,
        frozenset(word for text in texts for word in _first_words(text)) if runs and words else _NONE,
        frozenset(_texts(_PATH, body)) if _has(body, _ABSOLUTE) else _NONE,
    )


def _has(body: bytes, signs: tuple[bytes, ...]) -> bool:
    return any(sign in body for sign in signs)


def _texts(pattern: re.Pattern[bytes], body: bytes) -> Iterator[str]:
    return (found.decode("utf-8", "replace") for found in pattern.findall(body))


def without_documents(body: bytes) -> bytes:
    """The source without its comments, and without strings over several lines that stand by themselves: docstrings."""
    return _SAID.sub(_code, body)


def said_in(body: bytes) -> bytes:
    """The strings of the source one after the other, docstrings left out; parts that are filled in stand as written."""
    return b"\n".join(match[0] for match in _SAID.finditer(body) if _code(match) and not match["comment"])


def _code(match: re.Match[bytes]) -> bytes:
    stands_alone = match["begin"] is not None and match["end"] is not None
    return b"" if stands_alone or match["comment"] is not None else match[0]


def _run(body: bytes) -> Iterator[str]:
    """The first words of what is handed to what by its own name runs programs, or looks for them.

    What is handed is looked for first: few places open a bracket and a string, and each could begin a name.
    """
    before = at = 0
    while handed := _HANDED.search(body, at):
        at = handed.start() + 1
        last = _NO_WORD.split(body[max(before, at - 1 - _LONGEST_RUNNER) : at - 1].rstrip())[-1]
        if _RUNNER.fullmatch(last):
            before = at = handed.end()
            yield from _first_words(handed[1].decode("utf-8", "replace"))


def _first_words(text: str) -> Iterator[str]:
    """What a shell would run of the text: its first word, and those behind pipes and other joints."""
    return (match[1] for match in _FIRST.finditer(text))
