"""A TOML file with the line of every key and string, which tomllib does not give."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from deadweight.core.errors import UsageError
from deadweight.core.requirement import Place
from deadweight.requirements.reading import ADVICE, Reading
from deadweight.requirements.toml_lines import Spot, spots

_SPOT = re.compile(r"\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """One TOML file of a project: `data` as tomllib reads it."""

    path: str
    text: str
    data: Table

    def table(self, *keys: str) -> Table:
        """The table at the keys; an empty one where there is none, or something else."""
        found: Any = self.data
        for key in keys:
            found = found.get(key, {}) if isinstance(found, Mapping) else {}
        return found if isinstance(found, Mapping) else {}

    def get(self, *keys: str) -> object:
        """The value at the keys, None where there is none."""
        return self.table(*keys[:-1]).get(keys[-1])

    def place(self, *keys: str) -> Place:
        """Where the key stands, or the nearest that is above it."""
        lines = (self._keys.get(keys[:length], 0) for length in range(len(keys), 0, -1))
        return Place(self.path, next((line for line in lines if line), 0), ".".join(keys))

    def texts(self, reading: Reading, *keys: str, tables: bool = False) -> Iterator[tuple[str, Place]]:
        """The strings of the list at the keys, each with its place; what is no list or no string is a problem.

        With `tables` the list may hold tables too, which are passed over.
        """
        found = self.get(*keys)
        if not isinstance(found, list):
            if found is not None:
                reading.problem(f"{'.'.join(keys)} is no list", self.place(*keys))
            return
        seen: Counter[str] = Counter()
        for text in found:
            if isinstance(text, str):
                yield text, self._at(keys, text, seen[text])
                seen[text] += 1
            elif not (tables and isinstance(text, Mapping)):
                reading.problem(f"{text!r} is no text", self.place(*keys))

    def _at(self, keys: tuple[str, ...], text: str, nth: int) -> Place:
        lines = self._texts.get((keys, text), ())
        return Place(self.path, lines[nth] if nth < len(lines) else self.place(*keys).line, ".".join(keys))

    @cached_property
    def _spots(self) -> tuple[Spot, ...]:
        return tuple(spots(self.text))

    @cached_property
    def _keys(self) -> Mapping[tuple[str, ...], int]:
        return {spot.keys: spot.line for spot in reversed(self._spots) if spot.text is None}

    @cached_property
    def _texts(self) -> Mapping[tuple[tuple[str, ...], str], tuple[int, ...]]:
        found: dict[tuple[tuple[str, ...], str], tuple[int, ...]] = {}
        for spot in self._spots:
            if spot.text is not None:
                found[spot.keys, spot.text] = (*found.get((spot.keys, spot.text), ()), spot.line)
        return found


def document(folder: Path, path: str) -> Document:
    """The TOML file at the path; UsageError where it is missing, no UTF-8 or broken, with line and column."""
    try:
        text = (folder / path).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        return Document(path, text, tomllib.loads(text))
    except OSError as error:
        raise UsageError(f"it cannot be read: {error.strerror or error}", where=path) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"it is no UTF-8 text at byte {error.start}", where=path, advice=ADVICE) from error
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, text, str(error)) from error
    except RecursionError as error:
        raise UsageError("its tables are nested too deep to be read", where=path, advice=ADVICE) from error


def _broken(path: str, text: str, said: str) -> UsageError:
    found = _SPOT.search(said)
    what = said[: found.start()] if found else said
    if not (found and found["line"]):
        return UsageError(f"it is no TOML: {what}", where=f"{path}:{text.count(chr(10)) + 1}", advice=ADVICE)
    where = f"{path}:{found['line']}:{found['column']}"
    return UsageError(f"it is no TOML: {what}", where=where, advice=ADVICE)
