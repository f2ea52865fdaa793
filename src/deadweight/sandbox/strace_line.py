"""One line of strace's record: a call with its outcome, half a call, or the end of a process."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

_LINE = re.compile(r"(?:\[pid +)?(\d+)\]? +(?:(\d+\.\d+|\d\d:\d\d:\d\d(?:\.\d+)?) +)?(.*)", re.DOTALL)
_QUOTED = r'"(?:[^"\\]|\\.)*"(?:\.\.\.)?'
_OPEN_ON = r"(?<=[0-9D])<[^<>]*>(?:\(deleted\))?"
_CALL = re.compile(rf"(\w+)\(((?>[^\"<)]+|{_QUOTED}|{_OPEN_ON}|[<)])*?)\)\s+= (.*)", re.DOTALL)
_ARGUMENT = re.compile(rf"\s*((?>{_QUOTED}|{_OPEN_ON}|[^,\"<]|<)*+)(?:,|$)", re.DOTALL)
_OUTCOME = re.compile(r"(-?\d+|0x[0-9a-f]+|\?)(?: (E[A-Z0-9]+)\b)?")
_TRANSLATED = re.compile(r"/\* (\d+) in strace's PID NS \*/")
_ESCAPE = re.compile(rb"\\(x[0-9a-f]{2}|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"v": b"\v", b"f": b"\f", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"e": b"\x1b"}


@dataclass(frozen=True, slots=True)
class Line:
    """Who did it, when (seconds of some clock, 0 where the record has no times), and the rest of the line."""

    pid: int
    moment: float
    body: str


@dataclass(frozen=True, slots=True)
class Call:
    """A whole call: its name, its arguments as written, its outcome (None where there was none) and its errno."""

    name: str
    arguments: str
    outcome: int | None
    fault: str
    child: int = 0

    def leading(self, count: int) -> list[str]:
        """The first arguments as written; behind the first structure they are no longer told apart."""
        found: list[str] = []
        at = 0
        while len(found) < count and at < len(self.arguments):
            match = _ARGUMENT.match(self.arguments, at)
            if match is None:
                break
            found.append(match[1].strip())
            at = match.end()
        return found


def line_of(text: str) -> Line | None:
    """The line's parts, None for one that strace did not write with -f and -o."""
    match = _LINE.fullmatch(text)
    return Line(int(match[1]), _seconds(match[2]), match[3]) if match else None


def call_of(body: str) -> Call | None:
    """The call that a line tells of, None for one that is not whole."""
    match = _CALL.fullmatch(body)
    if match is None:
        return None
    outcome = _OUTCOME.match(match[3])
    if outcome is None:
        return None
    value = None if outcome[1] == "?" else int(outcome[1], 0)
    translated = _TRANSLATED.search(match[3])
    child = int(translated[1]) if translated else value or 0
    return Call(match[1], match[2], value, outcome[2] or "", child)


def text_of(word: str) -> str | None:
    """The text of a quoted argument with its bytes as they were, None for anything else (NULL, an address)."""
    if not word.startswith('"') or not word.endswith('"'):
        return None
    return plain_text(word[1:-1])


def plain_text(escaped: str) -> str:
    """The text that strace wrote with escapes; bytes that are no UTF-8 come as surrogates (PEP 383)."""
    if "\\" not in escaped:
        return escaped
    return os.fsdecode(_ESCAPE.sub(_unescaped, os.fsencode(escaped)))


def open_on(word: str) -> str | None:
    """The path that a descriptor is open on, as `3</app>` and `AT_FDCWD</app>` say; None where it names none."""
    at = word.find("<")
    end = word.rfind(">")
    return plain_text(word[at + 1 : end]) if 0 <= at < end else None


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    if code[:1] == b"x" and len(code) == 3:
        return bytes([int(code[1:], 16)])
    if code[:1].isdigit():
        return bytes([int(code, 8) & 255])
    return _LETTERS.get(code, code)


def _seconds(text: str | None) -> float:
    if not text:
        return 0.0
    if ":" not in text:
        return float(text)
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
