"""From where a project's requirements files say that distributions come, as options for uv."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from deadweight.requirements.requirement_files import text_of
from deadweight.requirements.requirement_lines import statements

_SAME = ("--index-url", "--extra-index-url", "--no-binary", "--only-binary")
_REMOTE = "://"


def index_options(folder: Path, files: Iterable[str]) -> tuple[str, ...]:
    """The indexes and folders of files that the requirements files name, each once, and whether pre-releases count."""
    found: dict[tuple[str, ...], None] = {}
    for path in files:
        if path.endswith((".txt", ".in")):
            found.update(dict.fromkeys(_of_file(folder, path)))
    return tuple(word for words in found for word in words)


def _of_file(folder: Path, path: str) -> Iterator[tuple[str, ...]]:
    for statement in statements(text_of(folder, path)):
        for name, value in statement.options:
            if name in _SAME and value:
                yield name, value
            elif name == "--find-links" and value:
                yield name, value if _REMOTE in value else str((folder / path).absolute().parent / value)
            elif name == "--no-index":
                yield (name,)
            elif name == "--pre":
                yield "--prerelease", "allow"
