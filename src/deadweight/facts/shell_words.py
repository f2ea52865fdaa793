"""The words of a shell script that can name a file: a tokenizer that errs on the side of more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"(?:^|(?<=[\s;]))#[^\n]*")
_WORD = re.compile(r"[\w@%+./~,\[-]+")
_MODULE = re.compile(
    r"(?:^|\s)-m[ \t]+([A-Za-z_][\w.]*)|[\s='\"]([A-Za-z_][\w.]*):[A-Za-z_]\w*|=['\"]?([A-Za-z_]\w*(?:\.\w+)+)"
)
_ARGUMENT = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s;&|()<>"'\\#])+"""
_SEEN = r"\d?>[ \t]*(?:&[12]|/dev/(?:stderr|stdout|null))"
_SAID = re.compile(
    r"(?P<before>(?:^|[;&|({]|\b(?:then|do|else))[ \t]*(?:echo|printf))"
    rf"(?P<said>(?:(?:[ \t]|\\\n)*{_SEEN}|(?:[ \t]|\\\n)+{_ARGUMENT})+)(?=[ \t]*(?:$|[;}})]|&&|\|\|))",
    re.DOTALL | re.MULTILINE,
)
"""What is written to who sees it: to be read further, piped or kept in a file it goes elsewhere."""
_QUOTED = re.compile(r"""\$?("(?:[^"\\]|\\.)*"|'[^']*')""", re.DOTALL)
_FIRST_OF_TEXT = re.compile(r"""["']\s*\S*|(?<=\s)/\S+""")
_NAMES = re.compile(
    r"\$\{?[#!]?[A-Za-z_]\w*(?::?[-=+?])?|(?<![\w./-])[A-Za-z_]\w*\+?=|\bfor[ \t]+[A-Za-z_]\w*(?=\s+(?:in|do)\b|\s*;)"
)
_SHELLS = frozenset(("sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"))


@dataclass(frozen=True, slots=True)
class Shebang:
    """The first line of a script: the absolute path of what runs it, and the words that follow."""

    interpreter: str
    arguments: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """The command that `env` is to look up on the search path, empty where another program is named."""
        if self.interpreter.rpartition("/")[2] != "env":
            return ""
        words = (word for word in self.arguments if not word.startswith("-") and "=" not in word)
        return next(words, "")

    @property
    def is_shell(self) -> bool:
        """Whether a shell runs it."""
        return (self.program or self.interpreter).rpartition("/")[2] in _SHELLS


def shebang_of(body: bytes) -> Shebang | None:
    """What the first line of the script names, None where it names nothing."""
    line = body[: body.find(b"\n")] if b"\n" in body else body
    words = line[2:].decode("utf-8", "surrogateescape").split() if line.startswith(b"#!") else []
    return Shebang(words[0], tuple(words[1:])) if words else None


def shell_words(text: str) -> Iterator[str]:
    """Each different word that can be a command or a path, comments left out, quotes and variables taken apart."""
    seen: set[str] = set()
    for word in _WORD.findall(_COMMENT.sub("", text)):
        plain = word.rstrip(",")
        if plain not in seen:
            seen.add(plain)
            yield plain


def without_messages(text: str) -> str:
    """The text of a script without the names of its variables, and without what it tells whoever runs it.

    Of a text of several words that echo or printf writes, neither into a pipe nor into a file, the first word and
    absolute paths are left: what is captured to be run begins with the program (`exec $(find_java)`).
    """
    return _NAMES.sub(" ", _SAID.sub(_told, text))


def _told(said: re.Match[str]) -> str:
    return said["before"] + _QUOTED.sub(_beginning, said["said"])


def _beginning(quoted: re.Match[str]) -> str:
    text = quoted[1]
    if "$(" in text or "`" in text:
        return quoted[0]
    return " ".join(found[0].strip("\"'") for found in _FIRST_OF_TEXT.finditer(text[:-1]))


def module_words(text: str) -> Iterator[str]:
    """Dotted names that a shell script hands to Python: `-m name`, `name:object`, and dotted values of variables."""
    for match in _MODULE.finditer(_COMMENT.sub("", text)):
        yield match[1] or match[2] or match[3]
