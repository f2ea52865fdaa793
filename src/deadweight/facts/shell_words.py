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


def module_words(text: str) -> Iterator[str]:
    """Dotted names that a shell script hands to Python: `-m name`, `name:object`, and dotted values of variables."""
    for match in _MODULE.finditer(_COMMENT.sub("", text)):
        yield match[1] or match[2] or match[3]
