"""What a command found goes to standard output, as JSON or for a person."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from deadweight.cli.colour import in_colour
from deadweight.reports.json import as_plain, pieces

R = TypeVar("R")


def answer(report: R, write: Callable[[R, bool], str], as_json: bool, quiet: bool) -> None:
    """Write the report: `write` takes it and whether there is colour."""
    if as_json:
        sys.stdout.writelines(pieces(as_plain(report)))
    elif not quiet:
        sys.stdout.write(write(report, in_colour(sys.stdout)))
