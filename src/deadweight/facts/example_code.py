"""The Python that stands in text as an example: fenced code, code blocks, doctests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

_FENCE = re.compile(
    r"^([ \t]*)(```+|~~~+)[ \t]*\{?\.?(\w[\w-]*)[^\n]*\n(.*?)^\1\2[`~]*[ \t]*$", re.MULTILINE | re.DOTALL
)
_BLOCK = re.compile(
    r"^([ \t]*)\.\. (?:code-block|code|sourcecode|testcode|ipython|plot)::[ \t]*(\w*)[^\n]*\n"
    r"((?:\1[ \t]+[^\n]*\n|[ \t]*\n)+)",
    re.MULTILINE,
)
_PROMPTED = re.compile(r"^[ \t]*>>> (.*)$|^[ \t]*\.\.\. (.*)$", re.MULTILINE)
_PYTHON = frozenset({"python", "python3", "py", "py3", "pycon", "ipython", "ipython3", ""})


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of Python, and the line from 1 that it begins in."""

    line: int
    text: str


def examples(text: str) -> Iterator[Example]:
    """Those of a page of Markdown or reStructuredText, in no order."""
    for match in _FENCE.finditer(text):
        if match[3].lower() in _PYTHON and ">>> " not in match[4]:
            yield Example(_line(text, match.start(4)), dedent(match[4]))
    for match in _BLOCK.finditer(text):
        if match[2].lower() in _PYTHON and ">>> " not in match[3]:
            yield Example(_line(text, match.start(3)), dedent(_without_options(match[3])))
    yield from doctests(text)


def doctests(text: str) -> Iterator[Example]:
    """The lines behind prompts that import something; each stands for itself: an example may go wrong."""
    for match in _PROMPTED.finditer(text):
        said = match[1] or match[2] or ""
        if re.match(r"(?:import|from)\s", said.lstrip()):
            yield Example(_line(text, match.start()), said.strip())


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _without_options(block: str) -> str:
    """A block without the options of its directive, which keep their lines."""
    return re.sub(r"^[ \t]+:\w[\w-]*:[^\n]*$", "", block, flags=re.MULTILINE)
