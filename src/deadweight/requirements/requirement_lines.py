"""The lines of a requirements file as pip takes them: continuations joined, options told from requirements."""

from __future__ import annotations

import codecs
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"(?:^|\s+)#(?P<says>.*)$")
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_EDITABLE = re.compile(r"(?:-e\s*=?|--editable(?:\s|=|$))\s*(?P<value>.*?)(?P<rest>(?:\s-.*)?)$")
_SHORT = {
    "-r": "--requirement",
    "-c": "--constraint",
    "-e": "--editable",
    "-i": "--index-url",
    "-f": "--find-links",
    "-C": "--config-settings",
}
_VALUED = (
    "--requirement --constraint --editable --index-url --pypi-url --extra-index-url --find-links --no-binary"
    " --only-binary --trusted-host --use-feature --hash --config-settings --config-setting --global-option"
    " --install-option --uploaded-prior-to --exclude-newer --all-releases --only-final"
)
_FLAGS = (
    "--no-index --prefer-binary --require-hashes --pre --always-unzip --process-dependency-links --no-build-isolation"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line: the number of its first line from 1, its text without comments, the comment in it."""

    number: int
    text: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One line's meaning: `asks` is the requirement in it, empty for a line of options; `options` in their order.

    Options are by long name; a flag's value is empty. `comments` are those in the line and under it.
    """

    line: int
    asks: str
    options: tuple[tuple[str, str], ...] = ()
    comments: tuple[str, ...] = ()

    def values(self, option: str) -> tuple[str, ...]:
        """The values of one option."""
        return tuple(value for name, value in self.options if name == option)


def decoded(data: bytes) -> str:
    """The text of the bytes by their byte order mark, else by a coding line, else UTF-8; UnicodeError, LookupError."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding)
    told = (_CODING.match(line) for line in data.split(b"\n", 2)[:2])
    return data.decode(next((found[1].decode("ascii") for found in told if found), "utf-8"))


def logical_lines(text: str) -> Iterator[Line]:
    """The logical lines, those of a comment alone too; a comment line ends a continuation, as it does for pip."""
    held: list[str] = []
    start = 0
    for number, raw in enumerate(text.splitlines(), 1):
        start = start if held else number
        is_comment = _COMMENT.match(raw) is not None
        if raw.endswith("\\") and not is_comment:
            held.append(raw.strip("\\"))
            continue
        held.append(f" {raw}" if is_comment else raw)
        yield from _line(start, "".join(held))
        held = []
    if held:
        yield from _line(start, "".join(held))


def statements(text: str) -> Iterator[Statement]:
    """What each logical line means, right or wrong; `faults` tells what is wrong with one."""
    waiting: Statement | None = None
    for line in logical_lines(text):
        if line.text:
            if waiting:
                yield waiting
            waiting = _statement(line)
        elif waiting and line.comment:
            waiting = Statement(waiting.line, waiting.asks, waiting.options, (*waiting.comments, line.comment))
    if waiting:
        yield waiting


def faults(statement: Statement) -> Iterator[str]:
    """What is wrong with the options of a statement."""
    valued, flags = _VALUED.split(), _FLAGS.split()
    for name, value in statement.options:
        if name in valued and not value:
            yield f"{name} says nothing behind it"
        elif name in flags and value:
            yield f"{value!r} behind {name} means nothing"
        elif name not in (*valued, *flags):
            yield f"{name} is no option of a requirements file"


def _line(number: int, joined: str) -> Iterator[Line]:
    found = _COMMENT.search(joined)
    text = (joined[: found.start()] if found else joined).strip()
    if text or found:
        yield Line(number, text, found["says"].strip() if found else "")


def _statement(line: Line) -> Statement:
    told = line.text.split(" ")
    first = next((index for index, word in enumerate(told) if word.startswith("-")), len(told))
    comments = (line.comment,) if line.comment else ()
    return Statement(line.number, " ".join(told[:first]).strip(), _options(" ".join(told[first:])), comments)


def _options(text: str) -> tuple[tuple[str, str], ...]:
    """The options, each with all words up to the next; an editable one's value keeps the quotes of its marker."""
    if editable := _EDITABLE.match(text):
        return (("--editable", editable["value"].strip()), *_options(editable["rest"]))
    found: list[tuple[str, str]] = []
    for word in _split(text.strip()):
        if word.startswith("-") or not found:
            found.append(_option(word))
        else:
            name, value = found.pop()
            found.append((name, f"{value} {word}".strip()))
    return tuple(found)


def _option(word: str) -> tuple[str, str]:
    """An option's long name and the value that is written in the same word."""
    if word.startswith("--"):
        name, _, value = word.partition("=")
        return name, value
    return _SHORT.get(word[:2], word), word[2:].removeprefix("=") if word[:2] in _SHORT else ""


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
