"""What a single Python file asks for in its own head (PEP 723)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deadweight.core.requirement import Declarations, Place, Role
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.roles import role_of_folder

_BLOCK = re.compile(r"(?m)^# /// script[ \t]*$\s(?P<content>(^#(| .*)$\s)+)^# ///[ \t]*$")


def _read(folder: Path, path: str) -> Declarations:
    """What the script asks for: for whoever runs it, an extra of the script's own path."""
    data = (folder / path).read_bytes()
    if b"# /// script" not in data:
        return Declarations()
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    blocks = list(_BLOCK.finditer(text))
    if not blocks:
        return Declarations()
    reading = Reading(folder, path, files=[path])
    line = text.count("\n", 0, blocks[0].start()) + 1
    if len(blocks) > 1:
        reading.stop("it has two blocks of script metadata", Place(path, line))
    content = "".join(one[2:] if one[1:2] == " " else one[1:] for one in blocks[0]["content"].splitlines(keepends=True))
    _take(reading, _table(reading, content, line), (content, line))
    return reading.declarations()


def _table(reading: Reading, content: str, line: int) -> Mapping[str, Any]:
    try:
        return tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        reading.stop(f"its script metadata is no TOML: {error}", Place(reading.path, line))


def _take(reading: Reading, table: Mapping[str, Any], block: tuple[str, int]) -> None:
    content, line = block
    stated = table.get("dependencies", [])
    if not isinstance(stated, list) or not all(isinstance(one, str) for one in stated):
        reading.stop("dependencies of its script metadata is no list of texts", Place(reading.path, line))
    role = role_of_folder(reading.path) or Role.EXTRA
    for text in stated:
        before = content.count("\n", 0, max(content.find(text), 0))
        reading.add(text, Asked(Place(reading.path, line + 1 + before, "script"), role, reading.path))


READER: Reader = Reader(
    name="inline script metadata", summary="# /// script in a Python file", names=("*.py",), read=_read
)
