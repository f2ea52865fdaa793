"""The instructions of a Dockerfile, each with its line and the stage that it stands in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_HERE = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1")
_FLAGS = re.compile(r"(?:--[a-z-]+(?:=\S+)?\s+)*")
_FROM = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: `name` in capitals, its text without flags, its line, and its stage's name and number from 0.

    `script` is the document that it hands to a shell (`RUN <<EOF`), empty where it hands none.
    """

    name: str
    text: str
    line: int
    stage: str = ""
    number: int = -1
    script: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the exec form, empty for the shell form."""
        if not self.text.lstrip().startswith("["):
            return ()
        try:
            words = json.loads(self.text.replace("\\\n", ""))
        except ValueError:
            return ()
        return tuple(words) if isinstance(words, list) and all(isinstance(word, str) for word in words) else ()


def instructions(text: str) -> Iterator[Instruction]:
    """Every instruction, ONBUILD ones as what they are, HEALTHCHECK with its command alone.

    Source: docs.docker.com/reference/dockerfile (parser directives, line continuation, here-documents).
    """
    stage, number = "", -1
    for line, whole, script in _logical(text.splitlines()):
        name, _, rest = whole.strip().partition(" ")
        if name.upper() in ("ONBUILD", "HEALTHCHECK"):
            rest = rest.strip()
            inner = rest[_flags(rest) :].partition(" ")
            name, rest = (name, inner[2]) if inner[0].upper() == "CMD" and name[0] in "Hh" else (inner[0], inner[2])
        if name.upper() == "FROM":
            found = _FROM.match(rest.strip())
            stage, number = (found[2] or "" if found else ""), number + 1
        yield Instruction(name.upper(), rest[_flags(rest) :], line, stage, number, script)


def _flags(text: str) -> int:
    found = _FLAGS.match(text.lstrip())
    return len(text) - len(text.lstrip()) + (found.end() if found else 0)


def _logical(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """Lines joined where they go on, with their first number and the here-document behind them."""
    escape = _escape(lines)
    at = 0
    while at < len(lines):
        if _is_passed_over(lines[at]):
            at += 1
            continue
        start = at
        whole, at = _joined(lines, at, escape)
        here = _HERE.search(whole) if _hands_over(whole) else None
        script, at = _document(lines, at, here[2]) if here else ("", at)
        yield start + 1, whole.strip(), script


def _joined(lines: list[str], at: int, escape: str) -> tuple[str, int]:
    """An instruction as a shell would spell it over its lines, comments between them left out; where it ends."""
    parts: list[str] = []
    while at < len(lines):
        line, at = lines[at].rstrip(), at + 1
        if parts and _is_passed_over(line):
            parts.append("\\\n")
            continue
        if not line.endswith(escape):
            parts.append(line)
            break
        parts.append(line[: -len(escape)] + "\\\n")
    return "".join(parts), at


def _is_passed_over(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _escape(lines: list[str]) -> str:
    directive = re.match(r"#\s*escape\s*=\s*(\S)", lines[0], re.IGNORECASE) if lines else None
    return directive[1] if directive else "\\"


def _hands_over(whole: str) -> bool:
    return whole.lstrip()[:4].upper().rstrip() in ("RUN", "COPY", "ADD")


def _document(lines: list[str], at: int, end: str) -> tuple[str, int]:
    for place in range(at, len(lines)):
        if lines[place].strip() == end:
            return "\n".join(lines[at:place]), place + 1
    return "\n".join(lines[at:]), len(lines)
