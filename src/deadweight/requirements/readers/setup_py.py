"""setup.py, read by its syntax tree and never run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Declarations, Place, Role
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.requirement_files import Listed, take, text_of
from deadweight.requirements.roles import role_of_extra
from deadweight.requirements.setup_program import keywords_of_setup
from deadweight.requirements.setup_values import FileText, Text, Unknown, Value

_LISTS = (
    ("install_requires", Role.CORE, ""),
    ("setup_requires", Role.BUILD, "build"),
    ("tests_require", Role.TEST, "test"),
)


def _read(folder: Path, path: str) -> Declarations:
    reading = Reading(folder, path)
    stated = keywords_of_setup(_tree(reading))
    if stated is None:
        return Declarations()
    reading.files.append(path)
    for key, role, group in _LISTS:
        if key in stated:
            _take(reading, stated[key], Asked(Place(path, 0, key), role, group))
    extras = tuple(_extras(reading, stated.get("extras_require", {})))
    if "**" in stated:
        _take(reading, stated["**"], Asked(Place(path, 0, "setup(**…)")))
    return reading.declarations(
        name=canonicalize_name(_text(stated.get("name"))),
        requires_python=_text(stated.get("python_requires")),
        extras=tuple(dict.fromkeys(extra for extra in extras if extra)),
        scripts=_scripts(stated.get("entry_points", {})),
    )


def _tree(reading: Reading) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text_of(reading.folder, reading.path))
    except SyntaxError as error:
        reading.stop(f"it is no Python: {error.msg}", Place(reading.path, error.lineno or 0))
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        reading.stop(f"it cannot be read: {error}")


def _take(reading: Reading, value: Value, asked: Asked, marker: str = "") -> None:
    """Take all that the value asks for; what only running it would tell is a gap that says so."""
    key = asked.place.key
    if isinstance(value, list):
        for one in value:
            _take(reading, one, asked, marker)
    elif isinstance(value, Text):
        for line in filter(None, map(str.strip, value.text.splitlines())):
            text = f"{line}; {marker}" if marker and not line.startswith("#") else line
            place = Place(reading.path, value.line, key)
            if not line.startswith("#"):
                reading.add(text, Asked(place, asked.role, asked.group))
    elif isinstance(value, FileText):
        place = Place(reading.path, value.line, key)
        take(reading, Listed(value.path.removeprefix("./"), asked.role, asked.group, said_at=place))
    elif isinstance(value, Unknown):
        reading.gap(
            f"{key} is computed, and setup.py is not run: {value.source[:120]}", Place(reading.path, value.line)
        )
    else:
        reading.gap(f"{key} is a table, and setup.py is not run", Place(reading.path))


def _extras(reading: Reading, value: Value) -> Iterator[str]:
    """Take each extra; a name may hold a condition: `socks:sys_platform == 'win32'`."""
    if not isinstance(value, dict):
        _take(reading, value, Asked(Place(reading.path, 0, "extras_require")))
        return
    for stated, listed in value.items():
        name, _, marker = stated.partition(":")
        extra = canonicalize_name(name)
        role = role_of_extra(extra) if extra else Role.CORE
        _take(reading, listed, Asked(Place(reading.path, 0, f"extras_require.{stated}"), role, extra), marker.strip())
        yield extra


def _text(value: Value | None) -> str:
    return value.text if isinstance(value, Text) else ""


def _scripts(value: Value) -> Mapping[str, Mapping[str, str]]:
    groups = value if isinstance(value, dict) else {}
    return {group: dict(_entries(listed)) for group, listed in groups.items()}


def _entries(value: Value) -> Iterator[tuple[str, str]]:
    listed = value if isinstance(value, list) else [value]
    for line in (line for one in listed if isinstance(one, Text) for line in one.text.splitlines()):
        name, _, target = line.partition("=")
        if target:
            yield name.strip(), target.strip()


READER: Reader = Reader(
    name="setup.py", summary="the call of setup() in setup.py, which is not run", names=("setup.py",), read=_read
)
