"""The tables of a lock in TOML: each package with its line, and all that is wrong with them at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from deadweight.core.requirement import LockedFile, Pinned, Place
from deadweight.requirements.reading import Reading
from deadweight.requirements.toml_document import Document, Table, document

Build = Callable[[Table, Place], Pinned | None]


@dataclass(frozen=True, slots=True)
class Tables:
    """The packages of a lock, each with its place."""

    toml: Document
    reading: Reading
    packages: tuple[tuple[Any, Place], ...]

    def pins(self, build: Build) -> tuple[Pinned, ...]:
        """The pins that `build` makes of the packages; what it cannot make is a problem, and all are raised at once."""
        pins = tuple(pin for table, place in self.packages if (pin := self._pin(table, place, build)))
        self.reading.end()
        return pins

    def _pin(self, table: Any, place: Place, build: Build) -> Pinned | None:  # noqa: ANN401  # whatever the file holds
        try:
            return build(table, place)
        except KeyError as error:
            self.reading.problem(f"the package states no {error.args[0]}", place)
        except (AttributeError, TypeError, ValueError) as error:
            self.reading.problem(f"the package cannot be read: {error}", place)
        return None


def tables(folder: Path, path: str, key: str = "package") -> Tables:
    """The lock at the path, its packages being the array of tables at the key; UsageError where it is broken TOML."""
    toml, reading = document(folder, path), Reading(folder, path)
    stated = toml.data.get(key, [])
    if not isinstance(stated, list):
        reading.stop(f"{key} is no list of packages")
    heads = [match.start() for match in re.finditer(rf"^[ \t]*\[\[\s*{key}\s*\]\]", toml.text, re.MULTILINE)]
    lines = _lines(toml.text, heads) if len(heads) == len(stated) else [0] * len(stated)
    return Tables(toml, reading, tuple((table, Place(path, line)) for table, line in zip(stated, lines, strict=True)))


def name_of(table: Table) -> str:
    """The normalised name of a package."""
    return canonicalize_name(_text(table, "name"))


def version_of(table: Table) -> str:
    """The version of a package; ValueError for one that PEP 440 does not know."""
    version = _text(table, "version")
    try:
        Version(version)
    except InvalidVersion as error:
        raise ValueError(f"{version!r} is no version") from error
    return version


def files_of(listed: Iterable[Table]) -> Iterator[LockedFile]:
    """The files of a package, each stated by `file`, `url`, `path` or `filename`, with `hash` and `size`."""
    for one in listed:
        url = str(one.get("url", ""))
        name = one.get("file") or one.get("filename") or file_name(url or str(one.get("path", "")))
        hashes = (str(one["hash"]),) if "hash" in one else ()
        yield LockedFile(str(name), one.get("size"), hashes, url)


def file_name(address: str) -> str:
    """The name of the file at a URL or a path."""
    return unquote(urlsplit(address).path).rpartition("/")[2]


def index_of(url: str) -> str:
    """The index as a source: empty for the one that everybody has."""
    host = urlsplit(url).hostname or ""
    return "" if host.split(".")[0] == "pypi" else url


def _text(table: Table, key: str) -> str:
    if not isinstance(table[key], str):
        raise ValueError(f"its {key} is no text")
    return str(table[key])


def _lines(text: str, heads: Iterable[int]) -> list[int]:
    lines, line, before = [], 1, 0
    for head in heads:
        line += text.count("\n", before, head)
        before = head
        lines.append(line)
    return lines


def reached(start: Iterable[str], edges: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """All names that the edges lead to from those that are given, these too."""
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(edges.get(name, ()))
    return frozenset(seen)
