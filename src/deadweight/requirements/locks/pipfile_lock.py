"""Pipfile.lock: hashes, markers, and the category that brings a pin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.core.requirement import Lock, LockedFile, Pinned, Place
from deadweight.core.requirement_seams import LockReader
from deadweight.requirements.reading import ADVICE, Reading

_CORE = {"default": "", "develop": "dev"}


def _read(folder: Path, path: str) -> Lock | None:
    text = _text(folder, path)
    whole = _parsed(text, path)
    if not isinstance(whole, dict) or "pipfile-spec" not in whole.get("_meta", {}):
        return None
    reading = Reading(folder, path)
    pins = tuple(_pins(reading, whole, text))
    reading.end()
    version = whole["_meta"].get("requires", {}).get("python_version")
    return Lock(path, "Pipfile.lock", pins, f"=={version}.*" if version else "")


def _text(folder: Path, path: str) -> str:
    try:
        return (folder / path).read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"it cannot be read: {error.strerror or error}", where=path) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"it is no UTF-8 text at byte {error.start}", where=path, advice=ADVICE) from error


def _parsed(text: str, path: str) -> Any:  # noqa: ANN401  # whatever the file holds
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        raise UsageError(f"it is no JSON: {error.msg}", where=where, advice=ADVICE) from error


def _pins(reading: Reading, whole: Mapping[str, Any], text: str) -> Iterator[Pinned]:
    for category in whole:
        if category != "_meta":
            start = text.find(f'"{category}"')
            for name, table in whole[category].items():
                place = Place(reading.path, _line(text, name, start), f"{category}.{name}")
                try:
                    yield _pin(name, table, place)
                except (AttributeError, TypeError, ValueError) as error:
                    reading.problem(f"the package cannot be read: {error}", place)


def _pin(name: str, table: Mapping[str, Any], place: Place) -> Pinned:
    category = place.key.partition(".")[0]
    return Pinned(
        canonicalize_name(name),
        _version(str(table.get("version", ""))),
        place,
        marker=str(table.get("markers", "")),
        groups=(_CORE.get(category, category),),
        files=tuple(LockedFile("", None, (one,)) for one in table.get("hashes", ())),
        source=_source(table),
    )


def _version(stated: str) -> str:
    """The one version that an exact specifier allows; empty for what is from an address."""
    allowed = list(SpecifierSet(stated))
    if stated and not (len(allowed) == 1 and allowed[0].operator in ("==", "===")):
        raise ValueError(f"{stated!r} is no exact version")
    return allowed[0].version if allowed else ""


def _source(table: Mapping[str, Any]) -> str:
    if "git" in table:
        return f"git+{table['git']}@{table.get('ref', '')}"
    index = str(table.get("index", ""))
    return str(table.get("path", "") or table.get("file", "")) or ("" if index == "pypi" else index)


def _line(text: str, name: str, start: int) -> int:
    found = re.compile(rf"^\s*{re.escape(json.dumps(name))}\s*:\s*\{{", re.MULTILINE).search(text, max(start, 0))
    return text.count("\n", 0, found.start(0)) + 1 + found[0].count("\n") if found else 0


LOCK_READER: LockReader = LockReader(
    name="Pipfile.lock", summary="pipenv's lock", names=("Pipfile.lock",), read=_read, sign=b"pipfile-spec"
)
