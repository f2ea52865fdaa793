"""Reads what an installed distribution says of itself: the files of its dist-info or egg-info."""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from deadweight.core.errors import Corrupt

INFO_SUFFIXES = (".dist-info", ".egg-info", ".egg")
_SEPARATORS = re.compile(r"[-_.]+")
_MODULE_SUFFIXES = (".py", ".pyc", ".so", ".pyd")


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One row of a RECORD: the path as written, `algorithm=urlsafe-base64` or empty, bytes or None where not stated."""

    path: str
    hash: str = ""
    size: int | None = None


def text_of(body: bytes) -> str:
    """The body as text; bytes that are no UTF-8 come as surrogates, as they do in the paths of entries."""
    return body.decode("utf-8", "surrogateescape")


def record_rows(body: bytes) -> tuple[RecordRow, ...]:
    """The rows of a RECORD in their order, blank ones left out; raises Corrupt where it is no CSV.

    Source: PEP 376, PEP 627, "Recording installed projects" of the PyPA specifications.
    """
    return tuple(_row(row) for row in _fields(body))


def record_sizes(body: bytes) -> list[tuple[str, int | None]]:
    """Path and bytes of each row of a RECORD, the bytes None where not stated; raises Corrupt where it is no CSV."""
    return [
        (row[0], int(row[2]) if len(row) > 2 and row[2].isdecimal() and len(row[2]) < 20 else None)
        for row in _fields(body)
    ]


def record_names(body: bytes) -> tuple[str, ...]:
    """The paths of the rows of a RECORD as written, in their order; raises Corrupt where it is no CSV."""
    return tuple([row[0] for row in _fields(body)])


def _fields(body: bytes) -> Iterable[list[str]]:
    """The rows that are not blank, split into fields; most RECORDs quote nothing and need no reader of CSV."""
    text = text_of(body)
    lines = text.split("\n")
    if '"' not in text and "\r" not in text and len(max(lines, key=len)) <= csv.field_size_limit():
        rows = [line.split(",") for line in lines]
    else:
        rows = _read_as_csv(text)
    return [row for row in rows if row and row[0]]


def _read_as_csv(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise Corrupt(f"the RECORD is no CSV: {error}") from error


def _row(row: list[str]) -> RecordRow:
    size = row[2] if len(row) > 2 else ""
    return RecordRow(row[0], row[1] if len(row) > 1 else "", int(size) if size.isdecimal() and len(size) < 20 else None)


def record_path(site: str, row_path: str) -> str | None:
    """The plain path of a RECORD row, written relative to the site directory or absolute; None for one that climbs out.

    Separators of Windows count as slashes where the row has no other (PEP 376 allowed them).
    """
    name = row_path.replace("\\", "/") if "\\" in row_path and "/" not in row_path else row_path
    if name.startswith("/"):
        return posixpath.normpath(name).lstrip("/") or None
    if "./" in name or "//" in name:
        name = posixpath.normpath(posixpath.join(site, name))
        return None if name == ".." or name.startswith("../") else name
    return f"{site}/{name}" if site else name


def metadata_fields(body: bytes) -> Mapping[str, tuple[str, ...]]:
    """The header fields of a METADATA or PKG-INFO, names in lower case, each with its values in order.

    The description after the headers is left out. Lines that are no field are passed over, as installers do.
    """
    fields: dict[str, list[str]] = {}
    values: list[str] = []
    for line in _header_lines(text_of(body)):
        name, colon, value = line.partition(":")
        if line[0] in " \t" and values:
            values[-1] += "\n" + line.strip()
        elif colon and name:
            values = fields.setdefault(name.strip().lower(), [])
            values.append(value.strip())
    return {name: tuple(found) for name, found in fields.items()}


def _header_lines(text: str) -> Iterator[str]:
    for line in io.StringIO(text.removeprefix("\ufeff")):
        bare = line.rstrip("\r\n")
        if not bare:
            return
        yield bare


def entry_point_groups(body: bytes) -> Mapping[str, Mapping[str, str]]:
    """The groups of an entry_points.txt: group name to entry point name to object reference."""
    groups: dict[str, dict[str, str]] = {}
    group: dict[str, str] = {}
    for line in map(str.strip, text_of(body).split("\n")):
        name, equals, value = line.partition("=")
        if line.startswith("[") and line.endswith("]"):
            group = groups.setdefault(line[1:-1].strip(), {})
        elif equals and not line.startswith(("#", ";")):
            group[name.strip()] = value.strip()
    return groups


def stated_lines(body: bytes) -> tuple[str, ...]:
    """The lines of top_level.txt, installed-files.txt or SOURCES.txt without blank ones."""
    return tuple(bare for line in text_of(body).split("\n") if (bare := line.strip()))


def egg_requirements(text: str) -> tuple[str, ...]:
    """The lines of an egg's requires.txt as requirements: its section `[extra:marker]` becomes their marker."""
    marker, found = "", []
    for line in filter(None, map(str.strip, text.split("\n"))):
        if line.startswith("[") and line.endswith("]"):
            extra, _, condition = line[1:-1].partition(":")
            parts = [f"({condition})"] if condition else []
            marker = " and ".join([*parts, f'extra == "{extra}"'] if extra else parts)
        else:
            found.append(f"{line} ; {marker}" if marker else line)
    return tuple(found)


def normalised(name: str) -> str:
    """The name of a project as PEP 503 normalises it."""
    return _SEPARATORS.sub("-", name).lower()


def folder_identity(info: str) -> tuple[str, str]:
    """The normalised name and the version that the name of a dist-info or egg-info tells; empty for not told."""
    stem = posixpath.basename(info)
    for suffix in INFO_SUFFIXES:
        stem = stem.removesuffix(suffix)
    name, _, rest = stem.partition("-")
    return normalised(name), rest.partition("-")[0]


def identity(info: str, metadata: bytes | None) -> tuple[str, str]:
    """The normalised name and the version of a distribution: by its metadata, else by the name of its folder."""
    named, version = folder_identity(info)
    fields = metadata_fields(metadata) if metadata is not None else {}
    stated = fields.get("name", ())
    return normalised(stated[0]) if stated else named, (*fields.get("version", ()), version)[0]


def top_level_names(names: Iterable[str]) -> frozenset[str]:
    """The modules and packages at the top of the files, given relative to the site directory.

    Folders of metadata, of data to be spread and of bytecode are none.
    """
    firsts = {name[: name.find("/") + 1] or name for name in names}
    return frozenset(name for first in firsts if (name := _top_level(first)).isidentifier())


def _top_level(first: str) -> str:
    if first.endswith("/"):
        return "" if first == "__pycache__/" else first[:-1]
    return first.partition(".")[0] if first.endswith(_MODULE_SUFFIXES) else ""
