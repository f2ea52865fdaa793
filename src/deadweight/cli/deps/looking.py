"""The words by which commands of `deps` are told what to look at."""

from __future__ import annotations

from pathlib import Path

import click

from deadweight.cli.talk import PATH

LOOKED_AT = click.argument("target", metavar="[PROJECT|ENV|LOCK]", type=PATH, default=Path())
ENVIRONMENT = click.option(
    "--environment", type=PATH, metavar="ENV", help="The project's environment, where it does not lie in its folder."
)
