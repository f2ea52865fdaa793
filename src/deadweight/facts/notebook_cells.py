"""The Python of a notebook's cells, without what only IPython understands, and what it installs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_OTHER_LANGUAGES = re.compile(
    r"%%(?:bash|sh|script|html|javascript|js|latex|markdown|svg|perl|ruby|R|sql|writefile|file)\b"
)
_MAGIC = re.compile(r"^([ \t]*)(?:%|!|\?|.*\?$).*$", re.MULTILINE)
_ASSIGNED = re.compile(r"^([ \t]*[\w, ]+=[ \t]*)[%!].*$", re.MULTILINE)
_INSTALLS = re.compile(
    r"^[ \t]*[%!][ \t]*(?:conda|mamba|(?:python3? -m )?(?:uv )?pip3?)\s+install\s+(.+)$", re.MULTILINE
)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell with code: its number from 1, its Python with as many lines as it has, the names that it installs."""

    number: int
    text: str
    installs: tuple[str, ...]


def cells(body: str) -> Iterator[Cell]:
    """The cells with Python; raises ValueError for what is no notebook."""
    document = json.loads(body)
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise ValueError("it has no cells")
    language = document.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    if language != "python":
        return
    for number, cell in enumerate(document["cells"], 1):
        source = cell.get("source", "")
        text = source if isinstance(source, str) else "".join(source)
        if cell.get("cell_type") == "code" and not _OTHER_LANGUAGES.match(text.lstrip()):
            yield Cell(number, _python(text), tuple(_installed(text)))


def _python(text: str) -> str:
    """The cell's Python: a line for IPython or a shell is one that does nothing."""
    return _MAGIC.sub(r"\1pass", _ASSIGNED.sub(r"\1None", text))


def _installed(text: str) -> Iterator[str]:
    for words in _INSTALLS.findall(text):
        for word in words.split("#")[0].split():
            found = _NAME.match(word.strip("'\""))
            if found and not word.startswith("-") and "/" not in word and not word.endswith(".txt"):
                yield found[0]
