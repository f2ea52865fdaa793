"""The simple commands of a shell's text, each with its line; nothing is run or expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<blank>[ \t\r]+|\\\r?\n|(?<![^\s;&|()])\#[^\n]*)"
    r"|(?P<redirect>\d*(?:&?>[>|]?|<<?<?-?)&?(?:\d+|-)?)"
    r"|(?P<end>\n|;+|&&|\|[|&]?|&|[()])"
    r"""|(?P<word>(?:[^\s;&|()<>'"\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|(?<=\$)\([^()\n]*\))+)"""
    r"|(?P<other>.)",
    re.DOTALL,
)
_PIECE = re.compile(r"""\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\\"']+)""", re.DOTALL)
_HERE = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1([^\n]*\n)(.*?)^[ \t]*\2[ \t]*$", re.DOTALL | re.MULTILINE)
_INNER = re.compile(r"\$\(([^()]+)\)|`([^`]+)`")
_OPENING_WORDS = """
    if then elif else while until do ! { } time exec eval command builtin"""
_OPENING = frozenset(_OPENING_WORDS.split())
_SHELL = re.compile(r"(?:.*/)?(?:ba|da|a|k|mk|z)?sh")
_GIVEN = re.compile(r"-[a-z]*c[a-z]*")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Invocation:
    """One simple command: its words without quotes, assignments before it included, and the line it stands in."""

    words: tuple[str, ...]
    line: int


def simple_commands(text: str, line: int = 1, depth: int = 0) -> Iterator[Invocation]:
    """Every simple command of the text, of what it hands to `sh -c` and of what it substitutes, in its order."""
    for words, at in _split(_HERE.sub(_blanked, text) if "<<" in text else text, line):
        yield from commands_of(words, at, depth)


def commands_of(words: tuple[str, ...], line: int, depth: int = 0) -> Iterator[Invocation]:
    """The command of these words, and those within it."""
    yield Invocation(words, line)
    if depth < _DEEPEST:
        for inner in _inner(words):
            yield from simple_commands(inner, line, depth + 1)


def _blanked(here: re.Match[str]) -> str:
    """A document that is handed over is none of commands, but to a shell that reads nothing else."""
    return here[3] + "\n" * here[4].count("\n")


def _split(text: str, line: int) -> Iterator[tuple[tuple[str, ...], int]]:
    words: list[str] = []
    start = depth = 0
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "word" and (words or token[0] not in _OPENING):
            start = line if not words else start
            words.append(_plain(token[0]))
        elif token.lastgroup == "end":
            depth = max(0, depth + (token[0] == "("))
            if words and not (token[0] == ")" and depth == 0):  # a closing one alone ends a pattern of `case`
                yield tuple(words), start
            depth -= token[0] == ")" and depth > 0
            words = []
        line += token[0].count("\n")
    if words:
        yield tuple(words), start


def _plain(word: str) -> str:
    """The word without its quotes."""
    if not any(sign in word for sign in "\"'\\"):
        return word
    return "".join(map(_piece, _PIECE.finditer(word)))


def _piece(piece: re.Match[str]) -> str:
    if piece[1] is not None:
        return "" if piece[1] == "\n" else piece[1]
    if piece[2] is not None:
        return re.sub(r'\\(["\\$`])', r"\1", piece[2].replace("\\\n", ""))
    return piece[3] if piece[3] is not None else piece[4]


def _inner(words: tuple[str, ...]) -> Iterator[str]:
    """What a shell among the words is given to run, and what stands in `$(…)`."""
    for place, word in enumerate(words[:-1]):
        if _GIVEN.fullmatch(word) and any(_SHELL.fullmatch(before) for before in words[:place]):
            yield words[place + 1]
    for word in words:
        if "(" in word or "`" in word:
            yield from (found[1] or found[2] for found in _INNER.finditer(word))
