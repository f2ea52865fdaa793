"""A value that is kept as a file of JSON with a schema number, written by one run and read by another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Generic, TypeVar

from deadweight.core.errors import UsageError
from deadweight.formats.output import whole_file
from deadweight.reports.json import as_plain, text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeptFile(Generic[T]):
    """Files of one kind: what they hold, called `noun` in messages, of one schema; `advice` says how one is made."""

    noun: str
    kind: type[T]
    schema: int
    schema_of: Callable[[T], int]
    advice: str

    def text(self, value: T) -> str:
        """The value as JSON."""
        return text(as_plain(value))

    def write(self, value: T, path: str | PathLike[str]) -> None:
        """Write the value to a file, whole or not at all."""
        with whole_file(Path(path)) as stream:
            stream.write(self.text(value).encode())

    def read(self, path: str | PathLike[str]) -> T:
        """The value of a file that was written so; raises UsageError for anything else."""
        import msgspec

        noun, where = self.noun, str(path)
        try:
            value = msgspec.convert(json.loads(Path(path).read_bytes()), self.kind)
        except OSError as fault:
            raise UsageError(f"can't be read: {fault.strerror}", where=where) from fault
        except (ValueError, msgspec.ValidationError, RecursionError) as fault:
            what = f"is no {noun} of schema {self.schema}: {fault}"
            raise UsageError(what, where=where, advice=self.advice) from fault
        found = self.schema_of(value)
        if found != self.schema:
            raise UsageError(f"is a {noun} of schema {found}, not {self.schema}", where=where, advice=self.advice)
        return value
