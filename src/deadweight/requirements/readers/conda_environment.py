"""environment.yml of conda: what it takes from conda, and what pip installs behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from deadweight.core.errors import Lacking
from deadweight.core.requirement import Declarations, Place
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.conda_names import distribution_of
from deadweight.requirements.reading import Asked, Reading
from deadweight.requirements.requirement_files import Listed, take, text_of
from deadweight.requirements.requirement_lines import statements
from deadweight.requirements.roles import role_of_file

_MATCH = re.compile(r"^(?:[\w./-]+::)?(?P<name>[A-Za-z0-9_.-]+?)(?:\[[^]]*\])?\s*(?P<version>[=<>!~ \d][^\s\[]*.*)?$")


def _read(folder: Path, path: str) -> Declarations:
    reading = Reading(folder, path)
    text = _text(reading)
    stated = _loaded(reading, text)
    if not isinstance(stated, Mapping) or not isinstance(stated.get("dependencies"), list):
        return Declarations()
    reading.files.append(path)
    python = [_take(reading, text, one) for one in stated["dependencies"]]
    return reading.declarations(requires_python=next(filter(None, python), ""))


def _text(reading: Reading) -> str:
    try:
        return text_of(reading.folder, reading.path)
    except (OSError, ValueError) as error:
        reading.stop(f"it cannot be read: {error}")


def _loaded(reading: Reading, text: str) -> Any:  # noqa: ANN401  # whatever the file holds
    try:
        import yaml
    except ImportError as error:
        advice = "Run: pip install 'deadweight[deps]'"
        raise Lacking("reading YAML needs PyYAML", where=reading.path, advice=advice) from error
    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        reading.stop(f"it is no YAML: {error.problem}", Place(reading.path, mark.line + 1 if mark else 0))
    except yaml.YAMLError as error:
        reading.stop(f"it is no YAML: {error}")


def _take(reading: Reading, text: str, stated: object) -> str:
    """Take one entry, and give the Python that it asks for, which is no distribution."""
    if isinstance(stated, Mapping):
        _take_pip(reading, text, stated.get("pip") or ())
        return ""
    found = _MATCH.match(str(stated).strip())
    place = _place(reading, text, str(stated))
    if not found:
        reading.problem(f"{stated!r} is no conda requirement", place)
        return ""
    version = _specifier(found["version"] or "")
    if found["name"].lower() == "python":
        return version
    name = distribution_of(found["name"].lower())
    if name:
        reading.add(f"{name}{version}", Asked(place, *role_of_file(reading.path)))
    return ""


def _take_pip(reading: Reading, text: str, listed: Iterable[object]) -> None:
    for one in listed:
        place = _place(reading, text, str(one))
        for statement in statements(str(one)):
            asked = Asked(place, *role_of_file(reading.path))
            for said in (statement.asks, *statement.values("--editable")):
                if said:
                    reading.add(said, asked)
            for included in statement.values("--requirement"):
                take(reading, Listed(included, asked.role, asked.group, said_at=place))


def _specifier(version: str) -> str:
    """A version as conda spells it, as PEP 440: `=1.2` is any 1.2, `==1.2` that one, a build behind it is left out."""
    bare = version.strip()
    if bare.startswith((">", "<", "!", "~", "==")) or not bare:
        return re.split(r"[|\s](?![<>=!~])", bare, maxsplit=1)[0].replace(" ", "")
    parts = re.split(r"[=\s]+", bare.lstrip("= "), maxsplit=1)
    exact = parts[0].rstrip("*").rstrip(".")
    return f"=={exact}" if len(parts) > 1 and parts[1] and parts[1] != "*" else f"=={exact}.*" if exact else ""


def _place(reading: Reading, text: str, said: str) -> Place:
    lines = (number for number, line in enumerate(text.splitlines(), 1) if _entry(line) == said)
    return Place(reading.path, next(lines, 0))


def _entry(line: str) -> str:
    return re.split(r"\s#", line.strip().removeprefix("-").strip(), maxsplit=1)[0].strip().strip("\"'")


READER: Reader = Reader(
    name="conda environment",
    summary="environment.yml: conda's packages by name, and its pip section",
    names=("environment*.yml", "environment*.yaml", "*environment.yml", "conda.yml", "conda.yaml"),
    read=_read,
)
