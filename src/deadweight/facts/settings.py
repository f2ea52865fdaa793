"""The values of a configuration file, each with the keys that lead to it: YAML, TOML, JSON, INI and env files."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deadweight.core.gap import Gap
from deadweight.core.project import Project
from deadweight.facts.project_bodies import text_of
from deadweight.facts.yaml_values import Unreadable, yaml_values

_ASSIGNED = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=[ \t]*(.*?)[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Setting:
    """One value: `keys` lead to it, places in lists among them; its text; its line, 0 where it is not known."""

    keys: tuple[str, ...]
    value: str
    line: int = 0

    @property
    def key(self) -> str:
        """The last of the keys that is none of a place in a list, empty where there is none."""
        return next((key for key in reversed(self.keys) if not key.isdigit()), "")

    @property
    def spot(self) -> str:
        """The keys as a person writes them."""
        return ".".join(key for key in self.keys if not key.isdigit())


def settings(project: Project, path: str, stage: str) -> tuple[Setting, ...]:
    """The values of the file in its order; one that cannot be read is a gap of the stage, and has none.

    A template (`{{ … }}` outside of quotes) is mostly no YAML: that is said of it too.
    """
    text = text_of(project, path, stage)
    try:
        return tuple(_read(path, text))
    except (Unreadable, ValueError, configparser.Error, RecursionError) as fault:
        said = " ".join(str(fault).split()) or type(fault).__name__
        project.note(Gap(stage, path, f"it cannot be read: {said}"))
        return ()


def _read(path: str, text: str) -> Iterator[Setting]:
    suffix = path.rpartition(".")[2].lower()
    if suffix in ("yml", "yaml"):
        yield from (Setting(*value) for value in yaml_values(text))
    elif suffix in ("ini", "cfg", "flake8", "coveragerc", "pylintrc"):
        yield from _ini(text)
    elif suffix in ("toml", "json"):
        document = tomllib.loads(text) if suffix == "toml" else json.loads(text)
        yield from _located(_flat((), document), text)
    else:
        lines = _lines(text)
        yield from (
            Setting((found[1],), found[2].strip("\"'"), lines(found.start(1))) for found in _ASSIGNED.finditer(text)
        )


def _flat(keys: tuple[str, ...], value: object) -> Iterator[tuple[tuple[str, ...], str]]:
    """Keys and text of every value, in its order."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat((*keys, str(key)), item)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _flat((*keys, str(place)), item)
    elif value is not None:
        yield keys, str(value)


def _located(values: Iterator[tuple[tuple[str, ...], str]], text: str) -> Iterator[Setting]:
    """The values with their lines: each is looked for behind the one before."""
    at, lines = 0, _lines(text)
    for keys, value in values:
        first = value.partition("\n")[0] or "\0"
        here = text.find(first, at)
        at = here if here >= 0 else at
        yield Setting(keys, value, lines(here) if here >= 0 else 0)


def _ini(text: str) -> Iterator[Setting]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep the case of keys
    parser.read_string(text)
    places = _ini_lines(text)
    for section in parser.sections():
        for key, value in parser._sections[section].items():  # type: ignore[attr-defined]  # without [DEFAULT]
            yield Setting((section, key), value or "", places.get((section, key), 0))
    for key, value in parser.defaults().items():
        yield Setting(("DEFAULT", key), value or "", places.get(("DEFAULT", key), 0))


def _ini_lines(text: str) -> dict[tuple[str, str], int]:
    """The line of each section and key."""
    section, found = "", {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("["):
            section = line[1:].partition("]")[0]
        elif line[:1] not in ("#", ";", " ", "\t", ""):
            found[section, re.split(r"[=:]", line, maxsplit=1)[0].strip()] = number
    return found


class _Lines:
    """The line of an offset; offsets are asked for in rising order, so that a text is counted once."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1

    def __call__(self, offset: int) -> int:
        if offset >= self.at:
            self.line += self.text.count("\n", self.at, offset)
            self.at = offset
        return self.line


def _lines(text: str) -> _Lines:
    return _Lines(text)
