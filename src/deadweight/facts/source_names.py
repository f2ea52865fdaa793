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
_CALL = re.compile(
    rb"(?:\brun|\bcall|check_call|check_output|[Pp]open|\bsystem|getoutput|getstatusoutput|\bexec[lv]p?e?|spawn\w*"
    rb"|create_subprocess_\w+|\bwhich|find_executable|_cmd|\bcommand|\bcmd|\bargs|\bexecutable)"
    rb"""\s*[(=]\s*[(\[]?\s*[rbuf]?["']([^"'\n]{1,200})["']"""
)
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


def names_of(body: bytes) -> SourceNames:
    """What the source names of the system; strings over 400 bytes and over several lines are not looked at."""
    runs = any(sign in body for sign in _RUNS)
    finds = _FINDS in body
    texts = {found[1:-1].decode("utf-8", "replace") for found in _STRING.findall(body)} if runs or finds else set()
    return SourceNames(
        frozenset(found.decode("utf-8", "replace") for found in _LIBRARY.findall(body))
        if b".so" in body
        else frozenset(),
        frozenset(text for text in texts if finds and _WORD.fullmatch(text)),
        frozenset(_run(body)) if runs else frozenset(),
        frozenset(word for text in texts for word in _first_words(text)) if runs else frozenset(),
        frozenset(found.decode("utf-8", "replace") for found in _PATH.findall(body)),
    )


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
    for text in _CALL.findall(body):
        yield from _first_words(text.decode("utf-8", "replace"))


def _first_words(text: str) -> Iterator[str]:
    """What a shell would run of the text: its first word, and those behind pipes and other joints."""
    return (match[1] for match in _FIRST.finditer(text))
