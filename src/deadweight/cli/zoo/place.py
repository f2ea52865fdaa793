"""Where the zoo is, and how versions of models are written on the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from deadweight.cli.talk import PATH
from deadweight.core.zoo import Reference, reference

VARIABLE = "DEADWEIGHT_ZOO"


def wanted(context: click.Context, parameter: click.Parameter, value: str | None) -> Reference | None:
    """The reference that a word of the command line is; raises UsageError for what is none."""
    return reference(value) if value is not None else None


ZOO = click.option(
    "--zoo",
    "zoo",
    type=PATH,
    callback=lambda ctx, param, value: value or place(os.environ),
    help=f"The store; else {VARIABLE}, else deadweight/zoo under XDG_DATA_HOME.",
)


def place(environment: Mapping[str, str]) -> Path:
    """The store that is used where none is named (XDG Base Directory Specification)."""
    if environment.get(VARIABLE):
        return Path(environment[VARIABLE])
    home = environment.get("XDG_DATA_HOME") or str(Path(environment.get("HOME", "/tmp")) / ".local/share")
    return Path(home) / "deadweight/zoo"
