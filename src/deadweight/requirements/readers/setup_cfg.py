"""setup.cfg of setuptools: [options] and [options.extras_require]."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Declarations, Place, Role
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.requirement_files import Listed, take
from deadweight.requirements.roles import role_of_extra

_OPTIONS = "options"
_EXTRAS = "options.extras_require"
_LISTS = (
    ("install_requires", Role.CORE, ""),
    ("setup_requires", Role.BUILD, "build"),
    ("tests_require", Role.TEST, "test"),
)


def _read(folder: Path, path: str) -> Declarations:
    reading = Reading(folder, path)
    text = _text(reading)
    parser = _parsed(reading, text)
    if not (parser.has_section(_OPTIONS) or parser.has_section(_EXTRAS) or parser.has_option("metadata", "name")):
        return Declarations()
    reading.files.append(path)
    for key, role, group in _LISTS:
        _take(reading, text, parser.get(_OPTIONS, key, fallback=""), Asked(Place(path, 0, key), role, group))
    extras = parser.items(_EXTRAS) if parser.has_section(_EXTRAS) else []
    for extra, stated in extras:
        asked = Asked(Place(path, 0, f"{_EXTRAS}.{extra}"), role_of_extra(extra), canonicalize_name(extra))
        _take(reading, text, stated, asked)
    return reading.declarations(
        name=canonicalize_name(parser.get("metadata", "name", fallback="")),
        requires_python=parser.get(_OPTIONS, "python_requires", fallback=""),
        extras=tuple(canonicalize_name(extra) for extra, _ in extras),
        scripts=_scripts(parser),
    )


def _text(reading: Reading) -> str:
    try:
        return (reading.folder / reading.path).read_text("utf-8-sig")
    except OSError as error:
        reading.stop(f"it cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        reading.stop(f"it is no UTF-8 text at byte {error.start}")


def _parsed(reading: Reading, text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # as the documentation of configparser has it
    try:
        parser.read_string(text)
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or next((line for line, _ in getattr(error, "errors", ())), 0)
        reading.stop(f"it is no configuration file: {error.message.splitlines()[0]}", Place(reading.path, line))
    return parser


def _take(reading: Reading, text: str, stated: str, asked: Asked) -> None:
    """Take one list: a line for each, or `file:` with the paths of lists, or several on a line with `;` between."""
    if stated.strip().startswith("file:"):
        for path in stated.strip().removeprefix("file:").split(","):
            take(reading, Listed(path.strip(), asked.role, asked.group, said_at=asked.place))
        return
    start = _line_of_key(text, asked.place.key)
    for said in _lines(stated):
        place = Place(reading.path, _line_of(text, said, start), asked.place.key)
        reading.add(said, Asked(place, asked.role, asked.group))


def _lines(stated: str) -> Iterator[str]:
    for line in stated.splitlines():
        bare = re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()
        if bare:
            yield bare


def _line_of_key(text: str, key: str) -> int:
    """The line from 0 of the key, in its section where it is an extra's."""
    section, _, name = key.rpartition(".") if key.startswith(_EXTRAS) else ("", "", key)
    start = text.find(f"[{section}]") if section else 0
    found = re.compile(rf"^{re.escape(name)}\s*[=:]", re.MULTILINE).search(text, max(start, 0))
    return text.count("\n", 0, found.start()) if found else 0


def _line_of(text: str, said: str, start: int) -> int:
    lines = text.splitlines()[start:]
    return next((start + number for number, line in enumerate(lines, 1) if said in line), 0)


def _scripts(parser: configparser.RawConfigParser) -> Mapping[str, Mapping[str, str]]:
    section = "options.entry_points"
    groups = parser.items(section) if parser.has_section(section) else []
    return {group: dict(_entries(stated)) for group, stated in groups}


def _entries(stated: str) -> Iterator[tuple[str, str]]:
    for line in _lines(stated):
        name, _, target = line.partition("=")
        yield name.strip(), target.strip()


READER: Reader = Reader(name="setup.cfg", summary="[options] of setup.cfg", names=("setup.cfg",), read=_read)
